using Imapd.Protocol.Fetch;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Commands;

/// <summary>FETCH and UID FETCH (RFC 9051 §6.4.5).</summary>
/// <param name="ByUid">Whether the set holds UIDs; the answers then hold them too, asked for or not.</param>
/// <param name="Set">Which messages.</param>
/// <param name="Items">What of them, in the order asked for, at least one; ALL, FAST and FULL are spelled out.</param>
public sealed record FetchCommand(bool ByUid, SequenceSet Set, IReadOnlyList<FetchItem> Items) : Command;

/// <summary>How FETCH is written.</summary>
internal static class FetchGrammar
{
    // fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")")
    public static FetchCommand ReadFetch(CommandReader reader, bool byUid)
    {
        reader.ReadSp();
        SequenceSet set = SequenceSetGrammar.Read(reader);
        reader.ReadSp();
        return new FetchCommand(byUid, set, ReadItems(reader));
    }

    private static List<FetchItem> ReadItems(CommandReader reader)
    {
        if (reader.TryReadWord("ALL"u8))
        {
            return [new FlagsItem(), new InternalDateItem(), new SizeItem(), new EnvelopeItem()];
        }

        if (reader.TryReadWord("FAST"u8))
        {
            return [new FlagsItem(), new InternalDateItem(), new SizeItem()];
        }

        if (reader.TryReadWord("FULL"u8))
        {
            return
            [
                new FlagsItem(),
                new InternalDateItem(),
                new SizeItem(),
                new EnvelopeItem(),
                new BodyStructureItem(Extended: false),
            ];
        }

        if (reader.Peek() != '(')
        {
            return [FetchItemGrammar.Read(reader)];
        }

        var items = new List<FetchItem>();
        reader.ReadList(mayBeEmpty: false, () => items.Add(FetchItemGrammar.Read(reader)));
        return items;
    }
}
