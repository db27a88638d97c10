using System.Buffers;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>Writes a segment whose entries come in the order of their UIDs, in bounded memory, however large it becomes.</summary>
/// <remarks>
/// The directory is made by going through what was just written. The header comes last: until it is there nobody reads the
/// segment, and the next writer begins at the same place.
/// </remarks>
internal sealed class SegmentOutput : IDisposable
{
    private const int BufferOctets = 128 * 1024;

    private readonly FileHandle _file;
    private readonly long _offset;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferOctets);
    private long _written;
    private int _held;
    private uint _first;
    private uint _last;

    /// <summary>Begins a segment.</summary>
    /// <param name="file">Open for reading and writing; the caller holds its lock.</param>
    /// <param name="offset">Where it begins.</param>
    public SegmentOutput(FileHandle file, long offset)
    {
        _file = file;
        _offset = offset;
        _written = SegmentHeader.HeaderOctets;
    }

    /// <summary>Whether anything was added.</summary>
    public bool IsEmpty => _last == 0;

    /// <summary>Where the segment would end, but for its directory.</summary>
    public long End => _offset + _written + _held;

    /// <summary>Adds an entry, sealed, of a larger UID than the one before.</summary>
    public void Add(ReadOnlySpan<byte> entry)
    {
        _last = CacheEntry.UidOf(entry);
        _first = _first == 0 ? _last : _first;
        Put(entry);
    }

    /// <summary>Writes what is missing.</summary>
    /// <param name="seed">What checksums begin with.</param>
    /// <param name="replacesFrom">What it replaces.</param>
    public void Complete(uint seed, long replacesFrom)
    {
        Flush();
        long directory = _written;
        WriteDirectory(directory, seed);
        var header = new SegmentHeader(_offset, _written, replacesFrom, directory, _first, _last);
        Span<byte> octets = stackalloc byte[SegmentHeader.HeaderOctets];
        header.Write(octets, seed);
        _file.Write(_offset, octets);
    }

    /// <inheritdoc />
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void WriteDirectory(long end, uint seed)
    {
        Span<byte> entry = stackalloc byte[CacheEntry.HeaderOctets];
        Span<byte> pointer = stackalloc byte[CachePointer.Octets];
        byte[] window = ArrayPool<byte>.Shared.Rent(BufferOctets);
        try
        {
            long windowAt = 0;
            int windowOctets = 0;
            for (long at = SegmentHeader.HeaderOctets; at < end;)
            {
                if (at + entry.Length > windowAt + windowOctets)
                {
                    windowAt = at;
                    windowOctets = _file.Read(_offset + at, window.AsSpan(0, (int)Math.Min(window.Length, end - at)));
                }

                if (windowOctets - (at - windowAt) < entry.Length)
                {
                    throw new UnixException("pread", CacheFile.FileName, Errno.ESTALE);
                }

                window.AsSpan((int)(at - windowAt), entry.Length).CopyTo(entry);
                int octets = CacheEntry.OctetsOf(entry);
                if (octets is < CacheEntry.HeaderOctets or > CacheEntry.MaxOctets)
                {
                    throw new UnixException("pread", CacheFile.FileName, Errno.ESTALE);
                }

                CachePointer.Write(pointer, seed, CacheEntry.UidOf(entry), (uint)at, octets, CacheEntry.SentOf(entry));
                Put(pointer);
                at += octets;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }

        Flush();
    }

    private void Put(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > _buffer.Length - _held)
        {
            Flush();
        }

        octets.CopyTo(_buffer.AsSpan(_held));
        _held += octets.Length;
    }

    private void Flush()
    {
        _file.Write(_offset + _written, _buffer.AsSpan(0, _held));
        _written += _held;
        _held = 0;
    }
}
