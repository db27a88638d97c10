using System.Buffers.Binary;
using Imapd.Protocol.Mime;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>What the cache holds of one message. Good until the next message is loaded, or the cache is rested.</summary>
public sealed class CachedMessage
{
    // The newest first; all of them say the same of the file.
    private readonly ReadOnlyMemory<byte>[] _entries = new ReadOnlyMemory<byte>[CacheFile.MaxSegments + 1];
    private int _count;

    /// <summary>Whether nothing is held.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>How long the message's file was. One of another length is not the file this was taken from.</summary>
    public long RawOctets { get; private set; }

    /// <summary>How its lines ended.</summary>
    public LineEnds LineEnds { get; private set; }

    /// <summary>Finds a field.</summary>
    /// <returns>False when it is not held.</returns>
    public bool TryGet(CacheKind kind, out ReadOnlySpan<byte> content)
    {
        bool isHeld = TryGetMemory(kind, out ReadOnlyMemory<byte> memory);
        content = memory.Span;
        return isHeld;
    }

    /// <summary>As <see cref="TryGet"/>.</summary>
    public bool TryGetMemory(CacheKind kind, out ReadOnlyMemory<byte> content)
    {
        for (int i = 0; i < _count; i++)
        {
            ReadOnlySpan<byte> entry = _entries[i].Span;
            ReadOnlySpan<byte> fields = entry[CacheEntry.HeaderOctets..];
            while (CacheEntry.TryReadField(ref fields, out CacheKind found, out ReadOnlySpan<byte> octets))
            {
                if (found == kind)
                {
                    content = _entries[i].Slice(entry.Length - fields.Length - octets.Length, octets.Length);
                    return true;
                }
            }
        }

        content = default;
        return false;
    }

    /// <summary>Whether a field is held.</summary>
    public bool Has(CacheKind kind) => TryGetMemory(kind, out _);

    /// <summary>The octets on the wire, as they were counted; -1 when that is not held.</summary>
    public long WireOctets => TryGet(CacheKind.Facts, out ReadOnlySpan<byte> facts) && facts.Length >= 16
        ? BinaryPrimitives.ReadInt64LittleEndian(facts[8..])
        : -1;

    /// <summary>The internal date in UTC; null when that is not held.</summary>
    public DateTimeOffset? InternalDate
    {
        get
        {
            long seconds = TryGet(CacheKind.Facts, out ReadOnlySpan<byte> facts) && facts.Length >= 16
                ? BinaryPrimitives.ReadInt64LittleEndian(facts)
                : long.MinValue;
            return seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null;
        }
    }

    /// <summary>Whether this can be of a file.</summary>
    public bool IsOf(MessageFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return RawOctets == file.RawOctets && LineEnds == file.LineEnds;
    }

    /// <summary>When the message was sent.</summary>
    internal SentDay Sent { get; private set; }

    /// <summary>Holds nothing any more.</summary>
    public void Clear() => (_count, Sent) = (0, default);

    /// <summary>Holds a further entry, older than those before; one that speaks of another file is passed over.</summary>
    internal void Add(ReadOnlyMemory<byte> entry)
    {
        ReadOnlySpan<byte> octets = entry.Span;
        if (_count == 0)
        {
            RawOctets = CacheEntry.RawOctetsOf(octets);
            LineEnds = CacheEntry.LineEndsOf(octets);
        }

        if (_count < _entries.Length
            && RawOctets == CacheEntry.RawOctetsOf(octets)
            && LineEnds == CacheEntry.LineEndsOf(octets))
        {
            _entries[_count++] = entry;
            Sent = Sent.IsKnown ? Sent : CacheEntry.SentOf(octets);
        }
    }

    /// <summary>Puts all fields into one entry, of each kind the newest.</summary>
    /// <param name="room">Where to; <see cref="CacheEntry.MaxOctets"/> at least.</param>
    /// <param name="seed">What checksums begin with.</param>
    /// <param name="uid">The message.</param>
    internal ReadOnlySpan<byte> Combine(Span<byte> room, uint seed, uint uid)
    {
        int used = CacheEntry.HeaderOctets;
        for (int i = 0; i < _count; i++)
        {
            ReadOnlySpan<byte> fields = _entries[i].Span[CacheEntry.HeaderOctets..];
            while (CacheEntry.TryReadField(ref fields, out CacheKind kind, out ReadOnlySpan<byte> content))
            {
                int octets = CacheEntry.FieldHeaderOctets + content.Length;
                if (octets <= CacheEntry.MaxOctets - used && !HasField(room[CacheEntry.HeaderOctets..used], kind))
                {
                    CacheEntry.WriteFieldHeader(room[used..], kind, content.Length);
                    content.CopyTo(room[(used + CacheEntry.FieldHeaderOctets)..]);
                    used += octets;
                }
            }
        }

        CacheEntry.Seal(room[..used], seed, uid, RawOctets, LineEnds, Sent);
        return room[..used];
    }

    private static bool HasField(ReadOnlySpan<byte> fields, CacheKind wanted)
    {
        while (CacheEntry.TryReadField(ref fields, out CacheKind kind, out _))
        {
            if (kind == wanted)
            {
                return true;
            }
        }

        return false;
    }
}
