using System.Globalization;
using System.Text;

namespace Imapd.Protocol.Wire;

/// <summary>Dates as IMAP writes them, with English month names (RFC 9051 §9, <c>date</c>, <c>date-time</c>).</summary>
public static class ImapDate
{
    private const int DateTimeOctets = 26;
    private const int MaxZoneMinutes = 14 * 60;

    private static readonly string[] Months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    // date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
    /// <summary>Writes a <c>date-time</c> with its quotes; fractions of a second are cut off.</summary>
    public static void Write(ResponseWriter writer, DateTimeOffset date)
    {
        int zoneMinutes = (int)date.Offset.TotalMinutes;
        int zone = (Math.Abs(zoneMinutes) / 60 * 100) + (Math.Abs(zoneMinutes) % 60);
        string sign = zoneMinutes < 0 ? "-" : "+";
        writer.Raw(string.Create(
            CultureInfo.InvariantCulture,
            $"\"{date.Day,2}-{Months[date.Month - 1]}-{date:yyyy HH:mm:ss} {sign}{zone:0000}\""));
    }

    // date-text = date-day "-" date-month "-" date-year
    // date-day  = 1*2DIGIT
    // date-year = 4DIGIT
    /// <summary>Reads a <c>date-text</c>, without quotes.</summary>
    public static bool TryParseDate(ReadOnlySpan<byte> text, out DateOnly date)
    {
        date = default;
        int dayDigits = text.Length - "-Jan-2000".Length;
        return dayDigits is 1 or 2
            && TryReadDigits(text[..dayDigits], out int day)
            && TryReadMonthAndYear(text[dayDigits..], out int month, out int year)
            && TryMakeDate(year, month, day, out date);
    }

    // date-day-fixed = (SP DIGIT) / 2DIGIT
    // time           = 2DIGIT ":" 2DIGIT ":" 2DIGIT
    // zone           = ("+" / "-") 4DIGIT
    /// <summary>Reads a <c>date-time</c>, without quotes.</summary>
    /// <param name="text">Exactly 26 octets, or it is none.</param>
    /// <param name="date">A leap second is taken for the second before it.</param>
    /// <returns>False also for zones of more than 14 hours, which no place has.</returns>
    public static bool TryParseDateTime(ReadOnlySpan<byte> text, out DateTimeOffset date)
    {
        date = default;
        if (text.Length != DateTimeOctets
            || text[11] != ' ' || text[14] != ':' || text[17] != ':' || text[20] != ' '
            || !TryReadDigits(text[0] == ' ' ? text[1..2] : text[..2], out int day)
            || !TryReadMonthAndYear(text[2..11], out int month, out int year)
            || !TryMakeDate(year, month, day, out DateOnly dateOnly)
            || !TryReadDigits(text[12..14], out int hour) || hour > 23
            || !TryReadDigits(text[15..17], out int minute) || minute > 59
            || !TryReadDigits(text[18..20], out int second) || second > 60
            || !TryReadZone(text[21..], out int zoneMinutes))
        {
            return false;
        }

        DateTime local = dateOnly.ToDateTime(new TimeOnly(hour, minute, Math.Min(second, 59)));
        var zone = TimeSpan.FromMinutes(zoneMinutes);
        long utcTicks = local.Ticks - zone.Ticks;
        if (utcTicks < DateTime.MinValue.Ticks || utcTicks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        date = new DateTimeOffset(local, zone);
        return true;
    }

    private static bool TryReadMonthAndYear(ReadOnlySpan<byte> text, out int month, out int year)
    {
        month = 0;
        year = 0;
        if (text[0] != '-' || text[4] != '-' || !TryReadDigits(text[5..9], out year))
        {
            return false;
        }

        string name = Encoding.Latin1.GetString(text[1..4]);
        month = 1 + Array.FindIndex(Months, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        return month > 0;
    }

    private static bool TryReadZone(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text[0] is not ((byte)'+' or (byte)'-') || !TryReadDigits(text[1..], out int zone) || zone % 100 > 59)
        {
            return false;
        }

        minutes = (zone / 100 * 60) + (zone % 100);
        bool isKnown = minutes <= MaxZoneMinutes;
        minutes = text[0] == '-' ? -minutes : minutes;
        return isKnown;
    }

    private static bool TryMakeDate(int year, int month, int day, out DateOnly date)
    {
        bool exists = year >= 1 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
        date = exists ? new DateOnly(year, month, day) : default;
        return exists;
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> digits, out int value)
    {
        value = 0;
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            value = (value * 10) + (digit - '0');
        }

        return true;
    }
}
