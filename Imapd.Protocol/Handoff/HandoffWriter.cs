using System.Buffers.Binary;
using System.Text;

namespace Imapd.Protocol.Handoff;

/// <summary>Puts the fields of one datagram together, big-endian, strings behind their length in two octets.</summary>
internal ref struct HandoffWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public void Octet(byte value) => Take(1)[0] = value;

    public void Bool(bool value) => Octet(value ? (byte)1 : (byte)0);

    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);

    public void UInt128(UInt128 value) => BinaryPrimitives.WriteUInt128BigEndian(Take(16), value);

    public void Octets(ReadOnlySpan<byte> value, int maxOctets)
    {
        if (value.Length > maxOctets)
        {
            throw new ArgumentException($"{value.Length} octets where {maxOctets} are allowed");
        }
        UInt16((ushort)value.Length);
        value.CopyTo(Take(value.Length));
    }

    /// <summary>For what identifies somebody: never cut.</summary>
    public void Text(string value, int maxOctets)
    {
        int octets = Encoding.UTF8.GetByteCount(value);
        if (octets > maxOctets)
        {
            throw new ArgumentException($"{octets} octets of text where {maxOctets} are allowed");
        }
        UInt16((ushort)octets);
        Encoding.UTF8.GetBytes(value, Take(octets));
    }

    /// <summary>For what only people read: cut between two characters when it is too long.</summary>
    public void TextCut(string value, int maxOctets)
    {
        int kept = 0;
        int octets = 0;
        foreach (Rune rune in value.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > maxOctets)
            {
                break;
            }
            octets += rune.Utf8SequenceLength;
            kept += rune.Utf16SequenceLength;
        }
        Text(kept == value.Length ? value : value[..kept], maxOctets);
    }

    public void Tls(TlsFacts? value)
    {
        Bool(value is not null);
        if (value is not null)
        {
            TextCut(value.Protocol, HandoffCodec.MaxNameOctets);
            TextCut(value.Cipher, HandoffCodec.MaxNameOctets);
        }
    }

    private Span<byte> Take(int octets)
    {
        Span<byte> taken = _buffer.Slice(Length, octets);
        Length += octets;
        return taken;
    }
}
