using System.Globalization;
using System.Numerics;
using System.Text;
using Imapd.Protocol.Values;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>
/// A message's file name: <c>base:2,flags[,more]</c>. The base never changes and says which message it is; what is
/// behind the first colon says what is set on it.
/// </summary>
/// <remarks>Names are octets in a string, see <see cref="Native.Octets"/>.</remarks>
internal static class MessageName
{
    private const string Info = ":2,";

    private static ReadOnlySpan<byte> InfoOctets => ":2,"u8;

    // Letters in the order in which Maildir wants them: that of ASCII.
    private static readonly (char Letter, SystemFlags Flag)[] Letters =
    [
        ('D', SystemFlags.Draft), ('F', SystemFlags.Flagged), ('R', SystemFlags.Answered),
        ('S', SystemFlags.Seen), ('T', SystemFlags.Deleted),
    ];

    /// <summary>Whether a directory entry can be a message at all.</summary>
    /// <remarks>
    /// Names with a line end cannot be written to the UID list: such files get other names. Those with a leading full stop
    /// are not for mail (maildir(5)) and are left alone.
    /// </remarks>
    public static bool IsPossible(ReadOnlySpan<char> name) =>
        name.Length > 0 && name[0] is not ('.' or ':') && name.IndexOfAny('\n', '\r') < 0;

    /// <summary>Whether it would be a message's name but for a line end in it.</summary>
    public static bool HasLineEnd(ReadOnlySpan<char> name) =>
        name.Length > 0 && name[0] is not ('.' or ':') && name.IndexOfAny('\n', '\r') >= 0;

    /// <summary>The part that says which message it is.</summary>
    public static ReadOnlySpan<char> Base(ReadOnlySpan<char> name)
    {
        int colon = name.IndexOf(':');
        return colon < 0 ? name : name[..colon];
    }

    /// <summary>The flags in a name.</summary>
    public static SystemFlags Flags(ReadOnlySpan<char> name)
    {
        var flags = SystemFlags.None;
        foreach (char letter in FlagLetters(name))
        {
            foreach ((char known, SystemFlags flag) in Letters)
            {
                if (letter == known)
                {
                    flags |= flag;
                }
            }
        }

        return flags;
    }

    /// <summary>The keyword letters in a name: bit 0 for <c>a</c>.</summary>
    public static uint KeywordLetters(ReadOnlySpan<char> name)
    {
        uint letters = 0;
        foreach (char letter in FlagLetters(name))
        {
            if (char.IsAsciiLetterLower(letter))
            {
                letters |= 1u << (letter - 'a');
            }
        }

        return letters;
    }

    /// <summary>The name with these flags and keyword letters; letters that mean nothing here stay, and so does what follows a comma.</summary>
    public static string WithFlags(string name, SystemFlags flags, uint keywordLetters)
    {
        Span<byte> before = stackalloc byte[Native.Octets.NameBuffer];
        before = name.Length <= before.Length ? before : new byte[name.Length];
        before = before[..Encoding.Latin1.GetBytes(name, before)];
        Span<byte> after = stackalloc byte[Native.Octets.NameBuffer];
        int octets = WithFlags(before, flags, keywordLetters, after);
        if (octets > after.Length)
        {
            after = new byte[octets];
            WithFlags(before, flags, keywordLetters, after);
        }

        return Encoding.Latin1.GetString(after[..octets]);
    }

    /// <summary>The same of octets.</summary>
    /// <param name="name">The name.</param>
    /// <param name="flags">The flags.</param>
    /// <param name="keywordLetters">The keyword letters: bit 0 for <c>a</c>.</param>
    /// <param name="to">Where to.</param>
    /// <returns>How long it is. When that is more than there is room for, nothing was written.</returns>
    public static int WithFlags(ReadOnlySpan<byte> name, SystemFlags flags, uint keywordLetters, Span<byte> to)
    {
        int colon = name.IndexOf((byte)':');
        ReadOnlySpan<byte> basePart = colon < 0 ? name : name[..colon];
        ReadOnlySpan<byte> more = colon >= 0 && name[colon..].StartsWith(InfoOctets) ? name[(colon + InfoOctets.Length)..] : default;
        int comma = more.IndexOf((byte)',');
        ReadOnlySpan<byte> before = comma < 0 ? more : more[..comma];
        more = more[before.Length..];

        // Each of the 256 octets once, at the most.
        Span<byte> letters = stackalloc byte[256];
        letters = letters[..LettersOf(before, flags, keywordLetters, letters)];
        int octets = basePart.Length + InfoOctets.Length + letters.Length + more.Length;
        if (octets <= to.Length)
        {
            basePart.CopyTo(to);
            InfoOctets.CopyTo(to[basePart.Length..]);
            letters.CopyTo(to[(basePart.Length + InfoOctets.Length)..]);
            more.CopyTo(to[(octets - more.Length)..]);
        }

        return octets;
    }

    /// <summary>The octets in the file according to <c>,S=</c> and those on the wire according to <c>,W=</c>; -1 for one that is not there.</summary>
    /// <remarks>Each octet is sent as one or two: a <c>,W=</c> that cannot be true beside its <c>,S=</c> is not there.</remarks>
    public static (long Raw, long Wire) Sizes(ReadOnlySpan<char> name)
    {
        ReadOnlySpan<char> basePart = Base(name);
        long raw = Field(basePart, ",S=");
        long wire = Field(basePart, ",W=");
        return (raw, raw < 0 || IsPossibleWire(raw, wire) ? wire : -1);
    }

    /// <summary>Whether a file of one length can be sent as so many octets.</summary>
    public static bool IsPossibleWire(long raw, long wire) => wire >= raw && wire - raw <= raw;

    /// <summary>When the message was delivered, in seconds since 1970, by which UIDs are given; the largest number when the name does not say.</summary>
    public static ulong DeliverySeconds(ReadOnlySpan<char> name)
    {
        int digits = 0;
        while (digits < name.Length && char.IsAsciiDigit(name[digits]))
        {
            digits++;
        }

        return ulong.TryParse(name[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out ulong seconds)
            ? seconds
            : ulong.MaxValue;
    }

    private static long Field(ReadOnlySpan<char> basePart, string field)
    {
        int start = basePart.IndexOf(field, StringComparison.Ordinal);
        if (start < 0)
        {
            return -1;
        }

        ReadOnlySpan<char> digits = basePart[(start + field.Length)..];
        int end = digits.IndexOf(',');
        return long.TryParse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out long octets)
            ? octets
            : -1;
    }

    // Sorted, each once.
    private static int LettersOf(ReadOnlySpan<byte> before, SystemFlags flags, uint keywordLetters, Span<byte> to)
    {
        int count = 0;
        foreach (byte letter in before)
        {
            if (!IsKnown((char)letter) && !to[..count].Contains(letter))
            {
                to[count++] = letter;
            }
        }

        int unknown = count;
        foreach ((char letter, SystemFlags flag) in Letters)
        {
            if ((flags & flag) != 0)
            {
                to[count++] = (byte)letter;
            }
        }

        for (uint left = keywordLetters & ((1u << 26) - 1); left != 0; left &= left - 1)
        {
            to[count++] = (byte)('a' + BitOperations.TrailingZeroCount(left));
        }

        if (unknown > 0)
        {
            to[..count].Sort();
        }

        return count;
    }

    private static ReadOnlySpan<char> FlagLetters(ReadOnlySpan<char> name)
    {
        if (!HasInfo(name, out int start))
        {
            return default;
        }

        ReadOnlySpan<char> letters = name[start..];
        int comma = letters.IndexOf(',');
        return comma < 0 ? letters : letters[..comma];
    }

    private static bool HasInfo(ReadOnlySpan<char> name, out int start)
    {
        int colon = name.IndexOf(':');
        start = colon + Info.Length;
        return colon >= 0 && name[colon..].StartsWith(Info, StringComparison.Ordinal);
    }

    private static bool IsKnown(char letter) => char.IsAsciiLetterLower(letter) || letter is 'D' or 'F' or 'R' or 'S' or 'T';
}
