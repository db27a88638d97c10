using System.Buffers;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>Reads a segment. Going through it by ascending UID costs the same for every message, however many there are.</summary>
/// <remarks>
/// Read with pread(2) and never mapped: a file that another program cuts short is then a short read and no SIGBUS. Nothing
/// that is read is believed: pointers are checked against the segment's ends, entries by their checksum, which holds the UID.
/// </remarks>
internal sealed class CacheSegment(FileHandle file, SegmentHeader header, uint seed) : IDisposable
{
    private const int DirectoryWindow = 256;
    private const int ReadAheadOctets = 64 * 1024;

    private byte[]? _pointers;
    private int _firstPointer;
    private int _pointerCount;
    private byte[]? _entries;
    private long _entriesAt;
    private int _entriesOctets;
    private long _expected = -1;
    private int _next;

    /// <summary>Where it is, and what it replaces.</summary>
    public SegmentHeader Header => header;

    /// <summary>Finds a message's entry.</summary>
    /// <param name="uid">The message.</param>
    /// <param name="entry">The entry, sound; good until the next call.</param>
    /// <returns>False when there is none, or none that is sound.</returns>
    public bool TryFind(uint uid, out ReadOnlyMemory<byte> entry)
    {
        entry = default;
        int place = PlaceOf(uid);
        return place >= 0 && TryRead(place, uid, out entry);
    }

    /// <summary>When a message was sent, read from the directory alone; unknown when there is no entry of it.</summary>
    public SentDay SentOf(uint uid)
    {
        int place = PlaceOf(uid);
        return place < 0 ? default : CachePointer.SentOf(PointerAt(place), seed);
    }

    /// <summary>The UID at a place; 0 beyond the end, and where the directory cannot be read.</summary>
    public uint UidAt(int place)
    {
        ReadOnlySpan<byte> pointer = PointerAt(place);
        return pointer.IsEmpty ? 0 : CachePointer.UidOf(pointer);
    }

    /// <summary>How many octets the entry at a place has, by the directory.</summary>
    public long OctetsAt(int place)
    {
        ReadOnlySpan<byte> pointer = PointerAt(place);
        return pointer.IsEmpty ? 0 : CachePointer.OctetsOf(pointer);
    }

    /// <summary>The entry at a place, if it is sound and of this message.</summary>
    public bool TryRead(int place, uint uid, out ReadOnlyMemory<byte> entry)
    {
        entry = default;
        ReadOnlySpan<byte> pointer = PointerAt(place);
        if (pointer.IsEmpty)
        {
            return false;
        }

        uint offset = CachePointer.OffsetOf(pointer);
        uint octets = CachePointer.OctetsOf(pointer);
        if (offset < SegmentHeader.HeaderOctets
            || octets is < CacheEntry.HeaderOctets or > CacheEntry.MaxOctets
            || offset + (long)octets > header.Directory)
        {
            return false;
        }

        entry = Read(offset, (int)octets);
        return CacheEntry.IsSound(entry.Span, seed, uid);
    }

    /// <summary>Gives back the buffers; reading takes them again.</summary>
    public void Rest()
    {
        Return(ref _pointers);
        Return(ref _entries);
        _pointerCount = 0;
        _entriesOctets = 0;
        _expected = -1;
    }

    /// <summary>Gives back the buffers.</summary>
    public void Dispose() => Rest();

    private static void Return(ref byte[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }

    private int PlaceOf(uint uid)
    {
        if (uid < header.FirstUid || uid > header.LastUid)
        {
            return -1;
        }

        // The message asked for last, one of its neighbours, or one that would stand between them.
        uint here = UidAt(_next);
        if (here < uid && _next < header.Count)
        {
            here = UidAt(++_next);
        }

        if (here == uid)
        {
            return _next;
        }

        if (here > uid)
        {
            uint before = UidAt(_next - 1);
            if (before <= uid)
            {
                _next -= before == uid ? 1 : 0;
                return before == uid ? _next : -1;
            }
        }

        int low = 0;
        int high = header.Count - 1;
        while (low <= high)
        {
            int middle = low + ((high - low) / 2);
            uint found = UidAt(middle);
            if (found == uid)
            {
                _next = middle;
                return middle;
            }

            if (found < uid)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        _next = low;
        return -1;
    }

    private ReadOnlySpan<byte> PointerAt(int place)
    {
        if (place < 0 || place >= header.Count)
        {
            return default;
        }

        if (place < _firstPointer || place >= _firstPointer + _pointerCount)
        {
            _pointers ??= ArrayPool<byte>.Shared.Rent(DirectoryWindow * CachePointer.Octets);
            _firstPointer = Math.Max(0, place < _firstPointer ? place - DirectoryWindow + 1 : place - 1);
            int wanted = Math.Min(DirectoryWindow, header.Count - _firstPointer) * CachePointer.Octets;
            long at = header.Offset + header.Directory + ((long)_firstPointer * CachePointer.Octets);
            _pointerCount = file.Read(at, _pointers.AsSpan(0, wanted)) / CachePointer.Octets;
            if (place >= _firstPointer + _pointerCount)
            {
                return default;
            }
        }

        return _pointers.AsSpan((place - _firstPointer) * CachePointer.Octets, CachePointer.Octets);
    }

    private ReadOnlyMemory<byte> Read(long offset, int octets)
    {
        if (offset < _entriesAt || offset + octets > _entriesAt + _entriesOctets)
        {
            // Who reads on where he left off goes through the whole of it; who does not gets what he asked for.
            int wanted = offset == _expected ? (int)Math.Min(ReadAheadOctets, header.Directory - offset) : octets;
            _entries ??= ArrayPool<byte>.Shared.Rent(ReadAheadOctets);
            _entriesAt = offset;
            _entriesOctets = file.Read(header.Offset + offset, _entries.AsSpan(0, wanted));
        }

        _expected = offset + octets;
        int available = (int)Math.Min(octets, Math.Max(0, _entriesAt + _entriesOctets - offset));
        return _entries.AsMemory((int)(offset - _entriesAt), available);
    }
}
