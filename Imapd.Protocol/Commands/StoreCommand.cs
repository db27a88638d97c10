using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Commands;

/// <summary>What STORE does with the flags it names (RFC 9051 §6.4.6).</summary>
public enum StoreAction
{
    /// <summary><c>FLAGS</c>: these and no others.</summary>
    Replace,

    /// <summary><c>+FLAGS</c>: these too.</summary>
    Add,

    /// <summary><c>-FLAGS</c>: these no longer.</summary>
    Remove,
}

/// <summary>STORE and UID STORE (RFC 9051 §6.4.6).</summary>
/// <param name="ByUid">Whether the set holds UIDs.</param>
/// <param name="Set">Which messages.</param>
/// <param name="Action">What to do.</param>
/// <param name="Silent">Whether the client does not want to be told the new flags.</param>
/// <param name="Flags">With which flags.</param>
public sealed record StoreCommand(bool ByUid, SequenceSet Set, StoreAction Action, bool Silent, FlagSet Flags) : Command;

/// <summary>How STORE is written.</summary>
internal static class StoreGrammar
{
    // store           = "STORE" SP sequence-set SP store-att-flags
    // store-att-flags = (["+" / "-"] "FLAGS" [".SILENT"]) SP (flag-list / (flag *(SP flag)))
    public static StoreCommand ReadStore(CommandReader reader, bool byUid)
    {
        reader.ReadSp();
        SequenceSet set = SequenceSetGrammar.Read(reader);
        reader.ReadSp();
        StoreAction action = reader.TryRead((byte)'+') ? StoreAction.Add
            : reader.TryRead((byte)'-') ? StoreAction.Remove
            : StoreAction.Replace;
        bool silent = reader.TryReadWord("FLAGS.SILENT"u8);
        if (!silent && !reader.TryReadWord("FLAGS"u8))
        {
            throw reader.Expected("FLAGS or FLAGS.SILENT");
        }

        reader.ReadSp();
        return new StoreCommand(byUid, set, action, silent, FlagGrammar.ReadListOrRest(reader));
    }
}
