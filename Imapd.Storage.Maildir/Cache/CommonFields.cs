using System.Buffers;
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

    private static readonly string[] Names =
    [
        "Date", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Message-ID", "In-Reply-To", "References",
        "Newsgroups", "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-Description",
        "MIME-Version", "Priority", "X-Priority", "Importance", "List-Id", "List-Post", "List-Unsubscribe",
        "Disposition-Notification-To", "X-Mailer", "User-Agent", "X-Spam-Status", "X-Spam-Flag", "X-Original-To",
        "X-Label", "Lines", "X-TUID", "X-K9mail-Identity", "X-Uniform-Type-Identifier",
        "X-Universally-Unique-Identifier",
    ];

    // By length: few have the same.
    private static readonly byte[][][] NamesByLength = ByLength();

    /// <summary>Whether a field is one of them, without regard to case.</summary>
    public static bool Contains(string name) => Names.Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>As <see cref="Contains(string)"/>.</summary>
    public static bool Contains(ReadOnlySpan<byte> name)
    {
        if (name.Length < NamesByLength.Length)
        {
            foreach (byte[] common in NamesByLength[name.Length])
            {
                if (Ascii.EqualsIgnoreCase(common, name))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Reduces a header to these fields, whole and in their order, and the blank line if there is one.</summary>
    /// <param name="header">The header in wire form.</param>
    /// <param name="reduced">Where to.</param>
    /// <returns>False when there is too much of it.</returns>
    public static bool TryReduce(ReadOnlySpan<byte> header, ArrayBufferWriter<byte> reduced)
    {
        ArgumentNullException.ThrowIfNull(reduced);
        var fields = new HeaderFieldReader(header);
        while (fields.MoveNext())
        {
            if (!fields.IsField || !Contains(fields.Name))
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

    private static byte[][][] ByLength()
    {
        byte[][][] byLength = new byte[Names.Max(static name => name.Length) + 1][][];
        for (int length = 0; length < byLength.Length; length++)
        {
            byLength[length] = [.. Names.Where(name => name.Length == length).Select(Encoding.ASCII.GetBytes)];
        }

        return byLength;
    }
}
