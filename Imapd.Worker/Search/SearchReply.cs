using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Worker.Selected;

namespace Imapd.Worker.Search;

/// <summary>Writes what a SEARCH found, in the form of either protocol.</summary>
internal static class SearchReply
{
    /// <summary>Writes the SEARCH response of RFC 3501 §7.2.5.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="numbers">Message numbers or UIDs.</param>
    public static void WriteSearch(ResponseWriter output, IEnumerable<uint> numbers)
    {
        output.Raw("* SEARCH"u8);
        foreach (uint number in numbers)
        {
            output.Sp().Number(number);
        }

        output.Crlf();
    }

    /// <summary>Writes the ESEARCH response (RFC 9051 §7.3.4).</summary>
    /// <param name="output">Where to.</param>
    /// <param name="tag">The command's tag.</param>
    /// <param name="byUid">Whether <paramref name="numbers"/> are UIDs.</param>
    /// <param name="items">What the client wants to know.</param>
    /// <param name="numbers">Ascending.</param>
    public static void WriteExtended(
        ResponseWriter output, string tag, bool byUid, SearchReturn items, IReadOnlyList<uint> numbers)
    {
        output.Raw("* ESEARCH (TAG "u8).Text(tag).Raw(")"u8);
        if (byUid)
        {
            output.Raw(" UID"u8);
        }

        // Nothing found: MIN, MAX and ALL have no value and must be left out.
        bool any = numbers.Count > 0;
        if (any && (items & SearchReturn.Min) != 0)
        {
            output.Raw(" MIN "u8).Number(numbers[0]);
        }

        if (any && (items & SearchReturn.Max) != 0)
        {
            output.Raw(" MAX "u8).Number(numbers[^1]);
        }

        if (any && (items & SearchReturn.All) != 0)
        {
            output.Raw(" ALL "u8).NumberSet(numbers);
        }

        if ((items & SearchReturn.Count) != 0)
        {
            output.Raw(" COUNT "u8).Number((ulong)numbers.Count);
        }

        output.Crlf();
    }

    /// <summary>The found messages as the client wants them named.</summary>
    public static IReadOnlyList<uint> Name(SelectedMailbox selected, IReadOnlyList<SeqNum> found, bool byUid)
    {
        uint[] names = new uint[found.Count];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = byUid ? selected.Numbering.UidOf(found[i]).Value : found[i].Value;
        }

        return names;
    }
}
