using System.Globalization;
using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;

namespace Imapd.Storage.Maildir.Import;

/// <summary>
/// What servers and clients that keep mail in an mbox write into the header of a message about the message: <c>Status</c>,
/// <c>X-Status</c>, <c>X-Keywords</c>, <c>X-UID</c>, and of the whole mbox <c>X-IMAP</c> or <c>X-IMAPbase</c>. None of it is part of the
/// message.
/// </summary>
internal sealed class MboxFields
{
    // Many times what servers write; of a longer value the beginning counts.
    private const int MaxValueLetters = 8 * 1024;

    private const int LongestName = 14;

    private const string InternalData = "DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA";

    private readonly Dictionary<string, StringBuilder> _values = [];
    private StringBuilder? _current;

    /// <summary>Its system flags.</summary>
    public SystemFlags Flags
    {
        get
        {
            var flags = SystemFlags.None;
            foreach (char letter in Of("status") + Of("x-status"))
            {
                flags |= letter switch
                {
                    'R' => SystemFlags.Seen,
                    'A' => SystemFlags.Answered,
                    'F' => SystemFlags.Flagged,
                    'D' => SystemFlags.Deleted,
                    'T' => SystemFlags.Draft,
                    _ => SystemFlags.None,
                };
            }

            return flags;
        }
    }

    /// <summary>Whether somebody has been told of it: it is not recent any more.</summary>
    public bool IsOld => Of("status").Contains('O', StringComparison.Ordinal);

    /// <summary>Its keywords.</summary>
    public IReadOnlyList<string> Keywords =>
    [
        .. Of("x-keywords").Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(static word => KeywordTable.IsKeyword(word))
            .Distinct(StringComparer.OrdinalIgnoreCase)
    ];

    /// <summary>Its UID; 0 when it has none.</summary>
    public uint Uid => Number(Of("x-uid").Trim());

    /// <summary>The mbox's UIDVALIDITY and the last UID given in it; null when it has none that can be kept.</summary>
    public MboxUids? Uids
    {
        get
        {
            string[] words = (Of("x-imap").Length > 0 ? Of("x-imap") : Of("x-imapbase")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return words.Length >= 2 ? MboxUids.Of(Number(words[0]), Number(words[1])) : null;
        }
    }

    /// <summary>Whether this is no message: UW-IMAP keeps what belongs to the whole mbox in a first one that it shows to nobody.</summary>
    public bool IsInternalData => Of("x-imap").Length > 0 && Of("subject").Trim().StartsWith(InternalData, StringComparison.Ordinal);

    /// <summary>Takes note of the beginning of a field.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What stands behind the colon.</param>
    /// <returns>Whether it belongs to the mbox, and not to the message.</returns>
    public bool Begin(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> trimmed = name.TrimEnd(" \t"u8);
        string field = trimmed.Length > LongestName ? "" : Encoding.Latin1.GetString(trimmed).ToLowerInvariant();
        bool isOfMbox = field is "status" or "x-status" or "x-keywords" or "x-uid" or "x-imap" or "x-imapbase" or "content-length";
        _current = null;
        if (isOfMbox || field is "subject")
        {
            _current = new StringBuilder();
            _values[field] = _current; // the last one counts
        }

        More(value);
        return isOfMbox;
    }

    /// <summary>Takes note of what else belongs to that field.</summary>
    public void More(ReadOnlySpan<byte> value)
    {
        if (_current is not null && _current.Length < MaxValueLetters)
        {
            _current.Append(Encoding.Latin1.GetString(value[..Math.Min(value.Length, MaxValueLetters)]).Replace('\t', ' ').TrimEnd('\r', '\n'));
        }
    }

    private static uint Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : 0;

    private string Of(string field) => _values.TryGetValue(field, out StringBuilder? value) ? value.ToString() : "";
}

/// <summary>The UIDs of an mbox.</summary>
/// <param name="UidValidity">Its UIDVALIDITY.</param>
/// <param name="LastUid">The last that was given; messages without one are given the next ones.</param>
internal sealed record MboxUids(uint UidValidity, uint LastUid)
{
    // Who sends a message can write anything into its header: nobody shall use up a mailbox's UIDs so.
    private const uint MostLastUid = 1u << 30;

    /// <summary>Null when they are none that a mailbox can have: a UIDVALIDITY is a time that has been.</summary>
    public static MboxUids? Of(uint uidValidity, uint lastUid) =>
        uidValidity > 0 && uidValidity <= DateTimeOffset.UtcNow.ToUnixTimeSeconds() && lastUid < MostLastUid
            ? new(uidValidity, lastUid)
            : null;
}
