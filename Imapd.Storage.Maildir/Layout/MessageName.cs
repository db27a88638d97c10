using System.Globalization;
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
        ReadOnlySpan<char> before = FlagLetters(name);
        Span<char> letters = stackalloc char[before.Length + Letters.Length + 26];
        int count = 0;
        foreach (char letter in before)
        {
            if (!IsKnown(letter) && !letters[..count].Contains(letter))
            {
                letters[count++] = letter;
            }
        }

        foreach ((char letter, SystemFlags flag) in Letters)
        {
            if ((flags & flag) != 0)
            {
                letters[count++] = letter;
            }
        }

        for (int i = 0; i < 26; i++)
        {
            if ((keywordLetters & (1u << i)) != 0)
            {
                letters[count++] = (char)('a' + i);
            }
        }

        letters = letters[..count];
        letters.Sort();
        ReadOnlySpan<char> basePart = Base(name);
        ReadOnlySpan<char> more = HasInfo(name, out int start) ? name.AsSpan(start + before.Length) : default;
        return string.Concat(basePart, Info, letters) + more.ToString();
    }

    /// <summary>The octets in the file according to <c>,S=</c> and those on the wire according to <c>,W=</c>; -1 for one that is not there.</summary>
    public static (long Raw, long Wire) Sizes(ReadOnlySpan<char> name)
    {
        ReadOnlySpan<char> basePart = Base(name);
        return (Field(basePart, ",S="), Field(basePart, ",W="));
    }

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
