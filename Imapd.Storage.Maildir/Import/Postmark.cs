using System.Globalization;
using System.Text;

namespace Imapd.Storage.Maildir.Import;

/// <summary>
/// The line between messages of an mbox: <c>From sender Fri Nov 20 10:00:00 2026</c>. A line that only begins so is text, unless
/// it ends in a date: that is how UW-IMAP counts messages, and its UIDs.
/// </summary>
internal static class Postmark
{
    // A longer one was written by nobody's delivery agent.
    private const int MaxOctets = 1024;

    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    private static readonly string[] Months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line, with its end.</param>
    /// <param name="date">When the message came, which is its internal date; without a zone it is the time of this host.</param>
    /// <returns>False when it is no line between messages.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, out DateTimeOffset date)
    {
        date = default;
        if (!line.StartsWith("From "u8) || line.Length > MaxOctets)
        {
            return false;
        }

        string[] words = Encoding.Latin1.GetString(line).Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        for (int at = 1; at + 4 < words.Length; at++)
        {
            if (Days.Contains(words[at]) && TryReadDate(words.AsSpan(at + 1), out date))
            {
                return true;
            }
        }

        return false;
    }

    // Nov 20 10:00[:00] [zone] 2026 [zone], and perhaps "remote from host".
    private static bool TryReadDate(ReadOnlySpan<string> words, out DateTimeOffset date)
    {
        date = default;
        int month = Array.IndexOf(Months, words[0]) + 1;
        if (month == 0 || !TryNumber(words[1], 1, 2, out int day) || !TryReadTime(words[2], out TimeSpan time))
        {
            return false;
        }

        string? zone = null;
        for (int at = 3; at < words.Length && at < 6; at++)
        {
            if (TryNumber(words[at], 4, 4, out int year))
            {
                zone ??= at + 1 < words.Length && IsZone(words[at + 1]) ? words[at + 1] : null;
                return TryMake(year, month, day, time, zone, out date);
            }

            if (!IsZone(words[at]))
            {
                return false;
            }

            // "MET DST" is two words, of which the first says enough.
            zone ??= words[at];
        }

        return false;
    }

    private static bool TryReadTime(string text, out TimeSpan time)
    {
        time = default;
        string[] parts = text.Split(':');
        int second = 0;
        if (parts.Length is not (2 or 3) || !TryNumber(parts[0], 1, 2, out int hour) || !TryNumber(parts[1], 2, 2, out int minute)
            || (parts.Length == 3 && !TryNumber(parts[2], 2, 2, out second)) || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        time = new TimeSpan(hour, minute, Math.Min(second, 59));
        return true;
    }

    private static bool TryMake(int year, int month, int day, TimeSpan time, string? zone, out DateTimeOffset date)
    {
        date = default;
        if (year is < 1970 or > 9998 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        DateTime local = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Unspecified) + time;
        date = new DateTimeOffset(local, OffsetOf(zone) ?? TimeZoneInfo.Local.GetUtcOffset(local));
        return true;
    }

    private static bool IsZone(string word) =>
        (word.Length == 5 && word[0] is '+' or '-' && word.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0)
        || (word.Length <= 5 && word.All(char.IsAsciiLetter));

    // Null for names that mean something else in each country.
    private static TimeSpan? OffsetOf(string? zone) => zone switch
    {
        ['+' or '-', ..] when int.Parse(zone, CultureInfo.InvariantCulture) is var number && Math.Abs(number) <= 1400
            => TimeSpan.FromMinutes((number / 100 * 60) + (number % 100)),
        "GMT" or "UTC" or "UT" or "Z" => TimeSpan.Zero,
        _ => null,
    };

    private static bool TryNumber(string text, int minDigits, int maxDigits, out int number)
    {
        number = 0;
        return text.Length >= minDigits && text.Length <= maxDigits
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
