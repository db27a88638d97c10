using Imapd.Protocol.Mime;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Fetch;

/// <summary>A part with its transfer encoding undone: its size is known before its octets are sent (RFC 3516).</summary>
/// <remarks>
/// What is small is decoded once and kept, what is large is decoded twice: once to count, once to send. Lines end in CRLF
/// wherever the message's lines do; those that the sender encoded do so in text, and are passed on as he made them in all
/// else (RFC 9051 §7.5.2). What has a NUL in it is no text, whatever it is called: mostly it is UTF-16 that does not say so.
/// </remarks>
internal sealed class BinaryContent
{
    private const int KeptOctets = 64 * 1024;
    private const int PieceOctets = 8192;

    private readonly Func<Reading> _open;
    private readonly byte[]? _kept;

    private BinaryContent(Func<DecodedReader> open, bool isText)
    {
        _open = isText ? () => new CrLfReader(open()).Read : () => open().Read;
        _kept = Count();
        if (isText && HasNul)
        {
            _open = () => open().Read;
            _kept = Count();
        }
    }

    /// <summary>Reads the next octets, and none at the end.</summary>
    private delegate int Reading(Span<byte> octets);

    /// <summary>Reads all of it once.</summary>
    /// <returns>The octets, or null when they are too many to keep.</returns>
    private byte[]? Count()
    {
        Octets = 0;
        var kept = new MemoryStream();
        byte[] piece = new byte[PieceOctets];
        Reading next = _open();
        int read;
        while ((read = next(piece)) > 0)
        {
            Octets += read;
            HasNul |= piece.AsSpan(0, read).Contains((byte)0);
            if (Octets <= KeptOctets)
            {
                kept.Write(piece, 0, read);
            }
        }

        return Octets <= KeptOctets ? kept.ToArray() : null;
    }

    /// <summary>How many octets there are, decoded.</summary>
    public long Octets { get; private set; }

    /// <summary>Whether there is a NUL among them, which only a literal8 can carry.</summary>
    public bool HasNul { get; private set; }

    /// <summary>Finds a part and decodes it.</summary>
    /// <param name="file">The message.</param>
    /// <param name="root">Its structure; needed when a part is named.</param>
    /// <param name="number">
    /// The part's number. No number means the message with its header, which bears no transfer encoding as a whole.
    /// </param>
    /// <returns>Null when there is no such part.</returns>
    /// <exception cref="ItemRefusedException">It cannot be decoded.</exception>
    /// <exception cref="StoreException">The file cannot be read.</exception>
    public static BinaryContent? Find(MessageFile file, MimeEntity? root, IReadOnlyList<int> number)
    {
        if (number.Count == 0)
        {
            var end = new Offset(file.RawOctets, file.WireOctets);
            return new BinaryContent(() => DecodedReader.OpenUndecoded(file, default, end), isText: false);
        }

        if (root!.FindPart(number) is not { } part)
        {
            return null;
        }

        if (part.IsMultipart || part.IsMessage)
        {
            throw new ItemRefusedException("CANNOT", "BINARY is of parts that hold no parts");
        }

        if (DecodedReader.Open(file, part) is null)
        {
            throw new ItemRefusedException("UNKNOWN-CTE", "The part's transfer encoding is not known here");
        }

        return new BinaryContent(() => DecodedReader.Open(file, part)!, HasTextLines(part));
    }

    /// <summary>Writes decoded octets, exactly as many as asked for.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="first">The first one, from 0.</param>
    /// <param name="octets">How many; first and these lie inside.</param>
    public void CopyTo(ResponseWriter writer, long first, long octets)
    {
        if (_kept is not null)
        {
            writer.Raw(_kept.AsSpan((int)first, (int)octets));
            return;
        }

        byte[] piece = new byte[PieceOctets];
        Reading next = _open();
        long skip = first;
        long due = octets;
        int read;
        while (due > 0 && (read = next(piece)) > 0)
        {
            int skipped = (int)Math.Min(skip, read);
            int sent = (int)Math.Min(due, read - skipped);
            writer.Raw(piece.AsSpan(skipped, sent));
            skip -= skipped;
            due -= sent;
        }

        // The file became shorter after it was counted; the literal was announced and must be kept to.
        piece.AsSpan().Fill((byte)' ');
        for (; due > 0; due -= Math.Min(due, PieceOctets))
        {
            writer.Raw(piece.AsSpan(0, (int)Math.Min(due, PieceOctets)));
        }
    }

    // A LF is that octet in most charsets, and in those that nobody knows it most likely is. In UTF-16 it is half a character.
    private static bool HasTextLines(MimeEntity part) =>
        part.Type.Equals("TEXT", StringComparison.OrdinalIgnoreCase)
        && (part.ContentType.Charset is not { } charset || Charsets.Find(charset)?.GetBytes("\n") is null or [(byte)'\n']);
}
