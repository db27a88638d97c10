using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Imapd.Protocol.Mime;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>
/// The header fields that mail programs ask for to show a list of messages, to thread it and to synchronise, and those that
/// ENVELOPE is made of. What is asked only of these is answered without the message.
/// </summary>
/// <remarks>
/// A field more here means entries without it in caches that are there already: then <see cref="CacheKind.Headers"/> needs a
/// number of its own for the new set.
/// </remarks>
public static class CommonFields
{
    /// <summary>What is larger is not kept: somebody has written a novel into his References.</summary>
    public const int MaxOctets = 8 * 1024;

    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet(
        [
            "Date", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Message-ID", "In-Reply-To", "References",
            "Newsgroups", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-Description",
            "MIME-Version", "Priority", "X-Priority", "Importance", "List-Id", "List-Post", "List-Unsubscribe",
            "Disposition-Notification-To", "X-Mailer", "User-Agent", "X-Spam-Status", "X-Spam-Flag", "X-Original-To",
            "X-Label", "Lines", "X-TUID", "X-K9mail-Identity", "X-Uniform-Type-Identifier",
            "X-Universally-Unique-Identifier",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Names.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly int LongestName = Names.Max(static name => name.Length);

    /// <summary>Whether a field is one of them, without regard to case.</summary>
    public static bool Contains(string name) => Names.Contains(name);

    /// <summary>Reduces a header to these fields, whole and in their order, and the blank line if there is one.</summary>
    /// <param name="header">The header in wire form.</param>
    /// <param name="reduced">Where to.</param>
    /// <returns>False when there is too much of it.</returns>
    public static bool TryReduce(ReadOnlySpan<byte> header, ArrayBufferWriter<byte> reduced)
    {
        ArgumentNullException.ThrowIfNull(reduced);
        Span<char> name = stackalloc char[LongestName];
        var fields = new HeaderFieldReader(header);
        while (fields.MoveNext())
        {
            if (!fields.IsField || fields.Name.Length > LongestName)
            {
                continue;
            }

            int length = Encoding.Latin1.GetChars(fields.Name, name);
            if (!Lookup.Contains(name[..length]))
            {
                continue;
            }

            if (reduced.WrittenCount + fields.Whole.Length + 2 > MaxOctets)
            {
                return false;
            }

            reduced.Write(fields.Whole);
            if (fields.Whole[^1] != (byte)'\n')
            {
                reduced.Write("\r\n"u8);
            }
        }

        if (fields.IsAtBlankLine)
        {
            reduced.Write("\r\n"u8);
        }

        return true;
    }
}
