using Imapd.Protocol.Values;

namespace Imapd.Protocol.Wire;

/// <summary>Sequence sets (RFC 9051 §9).</summary>
internal static class SequenceSetGrammar
{
    // sequence-set     = (seq-number / seq-range) ["," sequence-set]
    // sequence-set     =/ seq-last-command
    // seq-last-command = "$"
    /// <summary>Reads a set; its length is bounded by the line's.</summary>
    public static SequenceSet Read(CommandReader reader)
    {
        var ranges = new List<SetRange>();
        do
        {
            if (reader.TryRead((byte)'$'))
            {
                return new SequenceSet(ranges, endsInSavedResult: true);
            }

            ranges.Add(ReadRange(reader));
        }
        while (reader.TryRead((byte)','));
        return new SequenceSet(ranges);
    }

    /// <summary>Whether an octet can begin a set.</summary>
    public static bool CanBegin(byte octet) => char.IsAsciiDigit((char)octet) || octet is (byte)'*' or (byte)'$';

    // seq-number = nz-number / "*"
    // seq-range  = seq-number ":" seq-number      ; either end may be the larger
    private static SetRange ReadRange(CommandReader reader)
    {
        uint first = ReadNumber(reader);
        uint last = reader.TryRead((byte)':') ? ReadNumber(reader) : first;
        return new SetRange(first, last);
    }

    private static uint ReadNumber(CommandReader reader) =>
        reader.TryRead((byte)'*') ? SequenceSet.Star : reader.ReadNzNumber();
}
