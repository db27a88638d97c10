using Imapd.Protocol.Mime;
using Imapd.Protocol.Wire;
using Imapd.Tests.Protocol;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>Dates of mail and of IMAP: what is one can be written and read again.</summary>
internal sealed class DateTarget : FuzzTarget
{
    public override string Name => "dates";

    public override int MaxInputOctets => 2000;

    public override IReadOnlyList<string> Dictionary { get; } =
        ["Mon, ", "Jan", "feb", "29", "31", "2000", "1900", "99", "049", "23:59:60", ":", "-", "+0000", "-1400", "+9999", "GMT", "EST", "Z", "(c)", " ", ",", "0001", "9999"];

    public override IEnumerable<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            "Mon, 7 Feb 1994 21:52:25 -0800 (PST)", "7 Feb 94 21:52 EST", " 7-Feb-1994 21:52:25 -0800", "17-Jul-1996 02:44:60 +0000", "1-Feb-1994", "01-Feb-1994", "29 Feb 2000 00:00:00 +1400",
            "31 Dec 9999 23:59:60 -1400", "1 Jan 0001 00:00:00 +0000", "Thu Feb 29 12:00:00 2024", "29-02-2024", "0 Jan 2000 0:0",
        }.Select(Latin1),
    ];

    public override object? Exercise(byte[] input)
    {
        bool isMail = MailDate.TryParse(input, out DateTimeOffset mail);
        bool isInternal = ImapDate.TryParseDateTime(input, out DateTimeOffset dateTime);
        bool isDay = ImapDate.TryParseDate(input, out DateOnly day);
        return (isMail ? mail : (DateTimeOffset?)null, isInternal ? dateTime : (DateTimeOffset?)null, isDay ? day : (DateOnly?)null);
    }

    public override string Check(byte[] input, object? result)
    {
        (DateTimeOffset? mail, DateTimeOffset? dateTime, DateOnly? day) = ((DateTimeOffset?, DateTimeOffset?, DateOnly?))result!;
        foreach (DateTimeOffset date in new[] { mail, dateTime }.OfType<DateTimeOffset>())
        {
            byte[] written = OctetCollector.Written(writer => ImapDate.Write(writer, date));
            Require(
                ImapDate.TryParseDateTime(written.AsSpan(1, written.Length - 2), out DateTimeOffset again) && again.EqualsExact(date),
                () => $"{date:o} is written as {Latin1(written)}");
        }

        return $"{mail?.Year / 500} {mail?.Offset.Hours} {dateTime?.Offset.Hours} {day?.Year / 500} {input.Length / 16}";
    }
}
