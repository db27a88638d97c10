using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>An open <c>imapd.cache</c>: its segments that count, as far as they have been seen.</summary>
/// <remarks>Takes no lock. Whatever is read while another session writes is either sound or passed over.</remarks>
internal sealed class CacheFile : IDisposable
{
    /// <summary>The file's name.</summary>
    public const string FileName = "imapd.cache";

    /// <summary>More segments than this are not kept apart: every one is another place to look in.</summary>
    public const int MaxSegments = 16;

    private readonly FileHandle _file;
    private readonly List<CacheSegment> _segments = [];

    private CacheFile(FileHandle file, FileStat stat, CacheHeader header)
    {
        _file = file;
        Device = stat.Device;
        Inode = stat.Inode;
        Header = header;
        End = CacheHeader.Octets;
    }

    /// <summary>The file's head.</summary>
    public CacheHeader Header { get; }

    /// <summary>Where the last whole segment ends.</summary>
    public long End { get; private set; }

    /// <summary>How many segments were found, those that others have replaced included.</summary>
    public int Found { get; private set; }

    /// <summary>The file's place on disk.</summary>
    public ulong Inode { get; }

    /// <summary>The file system it is on.</summary>
    public ulong Device { get; }

    /// <summary>The segments to read, the oldest first.</summary>
    public IReadOnlyList<CacheSegment> Segments => _segments;

    /// <summary>Reads what is open. Takes the descriptor over, also on failure.</summary>
    /// <returns>Null when it is no cache of this mailbox.</returns>
    public static CacheFile? TryRead(FileHandle file, MailboxIdentity identity)
    {
        try
        {
            FileStat stat = file.Stat();
            Span<byte> header = stackalloc byte[CacheHeader.Octets];
            if (stat.Kind == FileKind.Regular
                && file.Read(0, header) == header.Length
                && CacheHeader.Read(header, identity) is { } read)
            {
                var cache = new CacheFile(file, stat, read);
                cache.CatchUp(stat.Octets);
                return cache;
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Reads the segments that were appended since.</summary>
    /// <param name="fileOctets">How long the file is.</param>
    public void CatchUp(long fileOctets)
    {
        Span<byte> header = stackalloc byte[SegmentHeader.HeaderOctets];
        while (fileOctets - End > header.Length && _file.Read(End, header) == header.Length)
        {
            if (SegmentHeader.Read(header, Header.Seed, End, fileOctets) is not { } found)
            {
                return;
            }

            while (_segments.Count > 0 && _segments[^1].Header.Offset >= found.ReplacesFrom)
            {
                _segments[^1].Dispose();
                _segments.RemoveAt(_segments.Count - 1);
            }

            // A file with more than anyone writes is not ours; the newest ones are enough.
            if (_segments.Count > MaxSegments)
            {
                _segments[0].Dispose();
                _segments.RemoveAt(0);
            }

            _segments.Add(new CacheSegment(_file, found, Header.Seed));
            End = found.End;
            Found++;
        }
    }

    /// <summary>Gives back the buffers.</summary>
    public void Rest()
    {
        foreach (CacheSegment segment in _segments)
        {
            segment.Rest();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Rest();
        _file.Dispose();
    }
}
