using System.Buffers;
using Imapd.Protocol.Wire;

namespace Imapd.Worker.Fetch;

/// <summary>Passes a message's octets on into a literal, in which NUL may not stand (RFC 9051 §9, <c>CHAR8</c>).</summary>
/// <param name="writer">Where to; the literal's header is written already.</param>
internal sealed class WriterSink(ResponseWriter writer) : IOctetSink
{
    // What other servers put in place of a NUL: as long, and no character of any text.
    private const byte InPlaceOfNul = 0x80;

    /// <inheritdoc />
    public void Write(ReadOnlySpan<byte> octets)
    {
        if (!octets.Contains((byte)0))
        {
            writer.Raw(octets);
            return;
        }

        byte[] replaced = ArrayPool<byte>.Shared.Rent(octets.Length);
        octets.Replace(replaced, (byte)0, InPlaceOfNul);
        writer.Raw(replaced.AsSpan(0, octets.Length));
        ArrayPool<byte>.Shared.Return(replaced);
    }
}
