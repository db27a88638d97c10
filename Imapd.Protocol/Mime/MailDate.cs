using System.Text;

namespace Imapd.Protocol.Mime;

/// <summary>Reads Date fields (RFC 5322 §3.3, and what RFC 822 left behind: §4.3).</summary>
public static class MailDate
{
    private const int MaxOctets = 1024;

    private static readonly string[] Months =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    // [day-name ","] day month year hour ":" minute [":" second] [zone]
    /// <summary>
    /// Reads a date and its zone. Day names are not checked, two-digit years and named zones are understood, a missing or
    /// unknown zone is UTC, second 60 is second 59.
    /// </summary>
    /// <param name="value">The field's value, folded or not.</param>
    /// <param name="date">The date, in the zone it was written in.</param>
    /// <returns>False when it is no date, or none of the years 1 to 9999.</returns>
    public static bool TryParse(ReadOnlySpan<byte> value, out DateTimeOffset date)
    {
        date = default;
        if (value.Length > MaxOctets)
        {
            return false;
        }

        var lexer = new HeaderLexer(HeaderFields.Unfold(value));
        lexer.SkipCfws();
        if (lexer.Peek is not (>= '0' and <= '9'))
        {
            lexer.ReadUntil(" \t(,"u8);
            lexer.SkipCfws();
            lexer.TryTake((byte)',');
        }

        if (!TryReadNumber(ref lexer, out int day, out _)
            || !TryReadMonth(ref lexer, out int month)
            || !TryReadNumber(ref lexer, out int year, out int yearDigits)
            || !TryReadTime(ref lexer, out TimeSpan time))
        {
            return false;
        }

        // RFC 5322 §4.3: two digits below 50 are of this century, other two and all three digits count from 1900.
        year += yearDigits switch
        {
            <= 2 when year < 50 => 2000,
            <= 3 => 1900,
            _ => 0,
        };
        int zoneMinutes = ReadZoneMinutes(ref lexer);
        if (year is < 1 or > 9999 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        DateTime local = new DateTime(year, month, day) + time;
        var zone = TimeSpan.FromMinutes(zoneMinutes);
        long utcTicks = local.Ticks - zone.Ticks;
        if (utcTicks < DateTime.MinValue.Ticks || utcTicks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        date = new DateTimeOffset(local, zone);
        return true;
    }

    private static bool TryReadNumber(ref HeaderLexer lexer, out int number, out int digits)
    {
        number = 0;
        digits = 0;
        lexer.SkipCfws();
        lexer.TryTake((byte)'-');
        while (lexer.Peek is >= '0' and <= '9')
        {
            number = (number * 10) + (lexer.Peek - '0');
            lexer.Position++;
            if (++digits > 4)
            {
                return false;
            }
        }

        return digits > 0;
    }

    private static bool TryReadMonth(ref HeaderLexer lexer, out int month)
    {
        lexer.SkipCfws();
        lexer.TryTake((byte)'-');
        string name = Encoding.Latin1.GetString(lexer.ReadUntil(" \t(-,"u8));
        month = name.Length < 3 ? 0 : Array.IndexOf(Months, name[..3].ToLowerInvariant()) + 1;
        return month > 0;
    }

    private static bool TryReadTime(ref HeaderLexer lexer, out TimeSpan time)
    {
        time = default;
        int second = 0;
        if (!TryReadNumber(ref lexer, out int hour, out _) || !TryTakeColon(ref lexer)
            || !TryReadNumber(ref lexer, out int minute, out _)
            || (TryTakeColon(ref lexer) && !TryReadNumber(ref lexer, out second, out _)))
        {
            return false;
        }

        time = new TimeSpan(hour, minute, Math.Min(second, 59));
        return hour < 24 && minute < 60 && second <= 60;
    }

    private static bool TryTakeColon(ref HeaderLexer lexer)
    {
        lexer.SkipCfws();
        return lexer.TryTake((byte)':');
    }

    // zone = ("+" / "-") 4DIGIT / obs-zone
    private static int ReadZoneMinutes(ref HeaderLexer lexer)
    {
        lexer.SkipCfws();
        int sign = lexer.Peek == '-' ? -1 : 1;
        if (lexer.Peek is '+' or '-')
        {
            lexer.Position++;
            int minutes = TryReadNumber(ref lexer, out int number, out int digits) && digits == 4
                ? (number / 100 * 60) + (number % 100)
                : 0;

            // No zone is 14 hours away, and no DateTimeOffset can be further.
            return minutes > 14 * 60 ? 0 : sign * minutes;
        }

        return 60 * Encoding.Latin1.GetString(lexer.ReadUntil(" \t(,"u8)).ToUpperInvariant() switch
        {
            "EDT" => -4,
            "EST" or "CDT" => -5,
            "CST" or "MDT" => -6,
            "MST" or "PDT" => -7,
            "PST" => -8,
            _ => 0,
        };
    }
}
