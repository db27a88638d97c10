using System.Runtime.InteropServices;
using Imapd.Protocol.Values;

namespace Imapd.Storage.Maildir.Index;

/// <summary>What the index knows of one message: 64 octets, in memory as in the file (little-endian).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Octets)]
internal struct IndexRecord
{
    /// <summary>The length of a record.</summary>
    public const int Octets = 64;

    /// <summary>Stands for a date nobody has looked up yet.</summary>
    public const long UnknownDate = long.MinValue;

    /// <summary>Stands for a size nobody has counted yet.</summary>
    public const long UnknownOctets = -1;

    private const byte InNew = 1;
    private const ushort KnownFlags = 0x1f;

    /// <summary>The UID, from 1.</summary>
    public uint Uid;

    /// <summary>The keyword letters in the file's name, bit 0 for <c>a</c>.</summary>
    public uint Letters;

    private ushort _flags;
    private byte _where;
    private readonly byte _spare;

    /// <summary>The length of the file's name; of use in a snapshot only.</summary>
    public ushort NameOctets;

    private readonly ushort _spareToo;

    /// <summary>Where the name begins in the heap of names; of use in a snapshot only.</summary>
    public ulong NameOffset;

    /// <summary>When the flags were last changed.</summary>
    public ulong ModSeq;

    /// <summary>The internal date in seconds since 1970, or <see cref="UnknownDate"/>.</summary>
    public long InternalDateSeconds;

    /// <summary>When the message came into this mailbox, in seconds since 1970, or <see cref="UnknownDate"/>.</summary>
    public long SaveDateSeconds;

    /// <summary>The file's length, or <see cref="UnknownOctets"/>.</summary>
    public long RawOctets;

    /// <summary>The message's length as it is sent, or <see cref="UnknownOctets"/>.</summary>
    public long WireOctets;

    /// <summary>A message of which only the UID is known.</summary>
    public static IndexRecord Of(uint uid) => new()
    {
        Uid = uid,
        InternalDateSeconds = UnknownDate,
        SaveDateSeconds = UnknownDate,
        RawOctets = UnknownOctets,
        WireOctets = UnknownOctets,
    };

    /// <summary>The system flags.</summary>
    public SystemFlags Flags
    {
        readonly get => (SystemFlags)(_flags & KnownFlags);
        set => _flags = (ushort)value;
    }

    /// <summary>Whether the file is in <c>new/</c>; if not, in <c>cur/</c>.</summary>
    public bool IsInNew
    {
        readonly get => (_where & InNew) != 0;
        set => _where = value ? InNew : (byte)0;
    }

    /// <summary>Whether a file of this length can have the sizes that are known.</summary>
    public readonly bool AgreesWith(long fileOctets) =>
        (RawOctets < 0 || RawOctets == fileOctets) && (WireOctets < 0 || Layout.MessageName.IsPossibleWire(fileOctets, WireOctets));

    /// <summary>Whether the message lacks <c>\Seen</c>.</summary>
    public readonly bool IsUnseen => (_flags & (ushort)SystemFlags.Seen) == 0;
}
