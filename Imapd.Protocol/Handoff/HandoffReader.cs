using System.Buffers.Binary;
using System.Text;

namespace Imapd.Protocol.Handoff;

/// <summary>
/// Takes the fields of one datagram apart. What is missing or wrong is remembered in <see cref="IsGood"/> and read as
/// nothing, so that the caller looks once, at the end.
/// </summary>
internal ref struct HandoffReader(ReadOnlySpan<byte> datagram)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private ReadOnlySpan<byte> _rest = datagram;
    private bool _isBad;

    /// <summary>Every field was there and valid, and nothing is left over.</summary>
    public readonly bool IsGood => !_isBad && _rest.IsEmpty;

    public byte Octet() => Take(1) is [var value] ? value : (byte)0;

    public bool Bool()
    {
        byte value = Octet();
        _isBad |= value > 1;
        return value == 1;
    }

    public ushort UInt16() => Take(2) is { Length: 2 } value ? BinaryPrimitives.ReadUInt16BigEndian(value) : (ushort)0;

    public uint UInt32() => Take(4) is { Length: 4 } value ? BinaryPrimitives.ReadUInt32BigEndian(value) : 0;

    public ulong UInt64() => Take(8) is { Length: 8 } value ? BinaryPrimitives.ReadUInt64BigEndian(value) : 0;

    public UInt128 UInt128() => Take(16) is { Length: 16 } value ? BinaryPrimitives.ReadUInt128BigEndian(value) : 0;

    public ReadOnlySpan<byte> Octets(int maxOctets)
    {
        ushort octets = UInt16();
        if (octets > maxOctets)
        {
            _isBad = true;
            return default;
        }
        return Take(octets);
    }

    public string Text(int maxOctets)
    {
        ReadOnlySpan<byte> octets = Octets(maxOctets);
        if (!System.Text.Unicode.Utf8.IsValid(octets))
        {
            _isBad = true;
            return "";
        }
        return StrictUtf8.GetString(octets);
    }

    public TlsFacts? Tls() =>
        Bool() ? new TlsFacts(Text(HandoffCodec.MaxNameOctets), Text(HandoffCodec.MaxNameOctets)) : null;

    /// <summary>An enumeration whose members are <paramref name="first"/> to <paramref name="last"/> without gaps.</summary>
    public int Member(int first, int last)
    {
        byte value = Octet();
        _isBad |= value < first || value > last;
        return value;
    }

    private ReadOnlySpan<byte> Take(int octets)
    {
        if (_isBad || _rest.Length < octets)
        {
            _isBad = true;
            return default;
        }
        ReadOnlySpan<byte> taken = _rest[..octets];
        _rest = _rest[octets..];
        return taken;
    }
}
