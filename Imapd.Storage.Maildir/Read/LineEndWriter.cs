using System.Numerics;
using System.Runtime.Intrinsics;

namespace Imapd.Storage.Maildir.Read;

/// <summary>Writes octets with CRLF for every bare LF.</summary>
internal static class LineEndWriter
{
    /// <summary>Writes them.</summary>
    /// <param name="octets">As they are in the file.</param>
    /// <param name="wire">Where to: twice as much room.</param>
    /// <param name="isAfterCr">Whether the octet before the first is a CR.</param>
    /// <returns>How many octets were written.</returns>
    public static int Write(ReadOnlySpan<byte> octets, Span<byte> wire, bool isAfterCr)
    {
        var lf = Vector128.Create((byte)'\n');
        int read = 0;
        int written = 0;

        // Lines are short, and calls to find and copy each cost more than this: what is copied beyond a LF is written again.
        while (octets.Length - read >= Vector128<byte>.Count)
        {
            Vector128<byte> piece = Vector128.Create(octets.Slice(read, Vector128<byte>.Count));
            piece.CopyTo(wire[written..]);
            uint lfs = Vector128.Equals(piece, lf).ExtractMostSignificantBits();
            int plain = lfs == 0 ? Vector128<byte>.Count : BitOperations.TrailingZeroCount(lfs);
            read += plain;
            written += plain;
            if (lfs != 0)
            {
                PutLineEnd(octets, read++, wire, ref written, isAfterCr);
            }
        }

        for (; read < octets.Length; read++)
        {
            if (octets[read] == (byte)'\n')
            {
                PutLineEnd(octets, read, wire, ref written, isAfterCr);
            }
            else
            {
                wire[written++] = octets[read];
            }
        }

        return written;
    }

    private static void PutLineEnd(ReadOnlySpan<byte> octets, int lf, Span<byte> wire, ref int written, bool isAfterCr)
    {
        bool hasCr = lf > 0 ? octets[lf - 1] == (byte)'\r' : isAfterCr;
        if (!hasCr)
        {
            wire[written++] = (byte)'\r';
        }

        wire[written++] = (byte)'\n';
    }
}
