using Imapd.Protocol.Mime;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Fetch;

/// <summary>A part with its transfer encoding undone: its size is known before its octets are sent (RFC 3516).</summary>
/// <remarks>
/// What is small is decoded once and kept, what is large is decoded twice: once to count, once to send. Lines end in CRLF
/// wherever the message's lines do; line ends that the sender encoded are passed on as he made them.
/// </remarks>
internal sealed class BinaryContent
{
    private const int KeptOctets = 64 * 1024;
    private const int PieceOctets = 8192;

    private readonly Func<DecodedReader> _open;
    private readonly byte[]? _kept;

    private BinaryContent(Func<DecodedReader> open)
    {
        _open = open;
        var kept = new MemoryStream();
        byte[] piece = new byte[PieceOctets];
        DecodedReader reader = open();
        int read;
        while ((read = reader.Read(piece)) > 0)
        {
            Octets += read;
            HasNul |= piece.AsSpan(0, read).Contains((byte)0);
            if (Octets <= KeptOctets)
            {
                kept.Write(piece, 0, read);
            }
        }

        _kept = Octets <= KeptOctets ? kept.ToArray() : null;
    }

    /// <summary>How many octets there are, decoded.</summary>
    public long Octets { get; }

    /// <summary>Whether there is a NUL among them, which only a literal8 can carry.</summary>
    public bool HasNul { get; }

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
            return new BinaryContent(() => DecodedReader.OpenUndecoded(file, default, end));
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

        return new BinaryContent(() => DecodedReader.Open(file, part)!);
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
        DecodedReader reader = _open();
        long skip = first;
        long due = octets;
        int read;
        while (due > 0 && (read = reader.Read(piece)) > 0)
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
}
