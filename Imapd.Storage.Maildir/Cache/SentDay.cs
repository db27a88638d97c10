using Imapd.Protocol.Mime;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>
/// The day in a message's Date field, without time and zone, as SENTBEFORE, SENTON and SENTSINCE compare it (RFC 9051 §6.4.4).
/// </summary>
/// <param name="Stored">As it is on the disk, 24 bits: 0 for what was not looked up, days since 0001-01-01 and 1, or 0xFFFFFF for none.</param>
public readonly record struct SentDay(uint Stored)
{
    private const uint NoDay = 0xFFFFFF;

    /// <summary>Whether it was looked up.</summary>
    public bool IsKnown => Stored != 0;

    /// <summary>The day; null when the message has no date that can be read.</summary>
    public DateOnly? Day => Stored > 0 && Stored - 1 <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)Stored - 1) : null;

    /// <summary>Reads it from a header, or from what is remembered of one.</summary>
    public static SentDay Of(ReadOnlySpan<byte> header)
    {
        ReadOnlySpan<byte> value = HeaderFieldReader.First(header, "Date"u8);
        return !value.IsEmpty && MailDate.TryParse(value, out DateTimeOffset sent)
            ? new SentDay((uint)DateOnly.FromDateTime(sent.DateTime).DayNumber + 1)
            : new SentDay(NoDay);
    }
}
