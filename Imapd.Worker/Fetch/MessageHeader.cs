using Imapd.Protocol.Mime;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Fetch;

/// <summary>Reads the header of a message and leaves the rest of the file alone.</summary>
internal static class MessageHeader
{
    private const int PieceOctets = 4096;

    /// <summary>
    /// The message as far as its header goes: <see cref="MimeEntity.Header"/>, <see cref="MimeEntity.HeaderStart"/> and
    /// <see cref="MimeEntity.BodyStart"/> are those of <c>MessageFile.Structure</c>; the body is missing.
    /// </summary>
    /// <exception cref="StoreException">The file cannot be read.</exception>
    public static MimeEntity Read(MessageFile file)
    {
        // The scanner itself decides what is header, here as in a full scan; it is only told no more than it needs.
        var scanner = new MimeScanner(file.LineEnds, MimeLimits.Default);
        byte[] piece = new byte[PieceOctets];
        (long Octets, bool EndsInCr) line = default;
        long at = 0;
        int read;
        while ((read = file.ReadRaw(at, piece)) > 0)
        {
            at += read;
            int end = EndOfHeader(piece.AsSpan(0, read), ref line);
            scanner.Feed(piece.AsSpan(0, end < 0 ? read : end));
            if (end >= 0)
            {
                break;
            }
        }

        return scanner.Finish();
    }

    // Finds what follows the LF of the first empty line; "line" is what is known of the line so far.
    private static int EndOfHeader(ReadOnlySpan<byte> piece, ref (long Octets, bool EndsInCr) line)
    {
        int at = 0;
        while (at < piece.Length)
        {
            int lf = piece[at..].IndexOf((byte)'\n');
            ReadOnlySpan<byte> more = lf < 0 ? piece[at..] : piece.Slice(at, lf);
            if (!more.IsEmpty)
            {
                line = (line.Octets + more.Length, more[^1] == (byte)'\r');
            }

            if (lf < 0)
            {
                return -1;
            }

            at += lf + 1;
            if (line is (0, _) or (1, true))
            {
                return at;
            }

            line = default;
        }

        return -1;
    }
}
