using System.Buffers;
using Imapd.Protocol.Mime;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir.Cache;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Read;

namespace Imapd.Storage.Maildir;

/// <summary>One message open for reading. What it announces it delivers, whatever happens to the file meanwhile.</summary>
public sealed class MessageFile : IDisposable
{
    private const int BufferOctets = 64 * 1024;

    private readonly FileHandle _file;
    private readonly Action<long> _sizeCounted;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferOctets);
    private int _held = -1;
    private long _wireOctets;
    private MimeEntity? _structure;
    private MimeEntity? _remembered;
    private LineEndMap? _lineEnds;
    private bool _isDisposed;

    /// <summary>Takes over an open regular file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rawOctets">Its length now.</param>
    /// <param name="name">Its name, which may tell sizes.</param>
    /// <param name="knownWireOctets">Its size in wire form when that was counted before; -1 otherwise.</param>
    /// <param name="sizeCounted">Told when it is counted.</param>
    internal MessageFile(FileHandle file, long rawOctets, string name, long knownWireOctets, Action<long> sizeCounted)
    {
        _file = file;
        _sizeCounted = sizeCounted;
        RawOctets = rawOctets;
        (long rawTold, long wireTold) = MessageName.Sizes(name);
        LineEnds = rawTold == rawOctets && wireTold == rawOctets ? LineEnds.AsIs : LineEnds.LfIsCrlf;
        _wireOctets = LineEnds == LineEnds.AsIs ? rawOctets : knownWireOctets;
    }

    /// <summary>The message's size as it is sent: counted, whatever the file's name says.</summary>
    /// <exception cref="StoreException">The disk failed.</exception>
    public long WireOctets
    {
        get
        {
            if (_wireOctets < 0)
            {
                _wireOctets = Count();
                _sizeCounted(_wireOctets);
            }

            return _wireOctets;
        }
    }

    /// <summary>The message's size in the file, as it was opened.</summary>
    public long RawOctets { get; }

    /// <summary>How lines end in the file.</summary>
    public LineEnds LineEnds { get; }

    /// <summary>When the message arrived (RFC 9051 §2.3.3), in UTC, to the second.</summary>
    /// <exception cref="StoreException">The disk failed.</exception>
    public DateTimeOffset InternalDate
    {
        get
        {
            try
            {
                return DateTimeOffset.FromUnixTimeSeconds(
                    (long)Math.Floor(_file.Stat().ModifiedNanoseconds / 1_000_000_000m));
            }
            catch (UnixException error)
            {
                throw error.ToStoreException();
            }
        }
    }

    /// <summary>Whether <see cref="Structure"/> was called: the message was gone through from end to end.</summary>
    public bool IsScanned => _structure is not null;

    /// <summary>Whether <see cref="WireOctets"/> costs nothing.</summary>
    public bool IsWireOctetsKnown => _wireOctets >= 0;

    /// <summary>Takes over what is remembered of the message, which must be of this file (<see cref="CachedMessage.IsOf"/>).</summary>
    public void Recall(CachedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_wireOctets < 0 && message.WireOctets >= RawOctets && message.WireOctets <= RawOctets * 2)
        {
            _wireOctets = message.WireOctets;
        }

        if (message.TryGet(CacheKind.Parts, out ReadOnlySpan<byte> parts)
            && PartTree.TryRead(parts) is { } tree
            && tree.End.Raw <= RawOctets)
        {
            _remembered = tree;
        }

        if (message.TryGet(CacheKind.LineEnds, out ReadOnlySpan<byte> lineEnds))
        {
            _lineEnds = LineEndMap.TryRead(lineEnds, RawOctets);
        }
    }

    /// <summary>What to remember of line ends; null when there is nothing that would help.</summary>
    public byte[]? LineEndOctets() => LineEnds == LineEnds.LfIsCrlf ? _lineEnds?.ToOctets() : null;

    /// <summary>The message's structure, scanned once.</summary>
    /// <exception cref="StoreException">The disk failed.</exception>
    public MimeEntity Structure()
    {
        if (_structure is null)
        {
            var scanner = new MimeScanner(LineEnds, MimeLimits.Default);
            long octets = GoThrough(scanner, out long bareLfs);
            _structure = scanner.Finish();
            if (_wireOctets < 0)
            {
                _wireOctets = octets + bareLfs;
                _sizeCounted(_wireOctets);
            }
        }

        return _structure;
    }

    /// <summary>
    /// The message's structure as it is remembered, otherwise as <see cref="Structure"/>. Headers may not be there
    /// (<see cref="MimeEntity.IsHeaderKept"/>); <see cref="HeaderOf"/> has them in either case.
    /// </summary>
    /// <exception cref="StoreException">The disk failed.</exception>
    public MimeEntity Parts() => _structure ?? _remembered ?? Structure();

    /// <summary>The header of the message or a part of it, in wire form.</summary>
    /// <exception cref="StoreException">The disk failed.</exception>
    public ReadOnlyMemory<byte> HeaderOf(MimeEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        if (entity.IsHeaderKept)
        {
            return entity.Header;
        }

        long octets = Math.Min(entity.BodyStart.Wire - entity.HeaderStart.Wire, MimeLimits.Default.MaxHeaderOctets);
        var header = new HeaderSink((int)octets);
        CopyWire(header, entity.HeaderStart, entity.BodyStart, 0, octets);
        return header.Octets;
    }

    /// <summary>Writes part of the message as it is sent.</summary>
    /// <param name="sink">Where to.</param>
    /// <param name="start">Where the section begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="skipWire">How many octets of the section are passed over first, in wire form.</param>
    /// <param name="countWire">How many are written: always this many; spaces stand for what the file no longer has.</param>
    /// <exception cref="StoreException">The disk failed; what was announced cannot be kept, and the connection has to end.</exception>
    public void CopyWire(IOctetSink sink, Offset start, Offset end, long skipWire, long countWire)
    {
        byte[] lines = ArrayPool<byte>.Shared.Rent(BufferOctets);
        try
        {
            // Where nothing has to be put in, the place in the file is known without reading what comes before it.
            bool isPlain = LineEnds == LineEnds.AsIs || end.Raw - start.Raw == end.Wire - start.Wire;
            if (!isPlain && _lineEnds is not null)
            {
                (long raw, long wire) = _lineEnds.Before(end.Raw, start.Wire + skipWire);
                skipWire -= raw > start.Raw ? wire - start.Wire : 0;
                start = raw > start.Raw ? new Offset(raw, wire) : start;
            }

            var copier = new WireCopier(sink, lines, isPlain ? 0 : skipWire, countWire);
            long at = isPlain ? start.Raw + Math.Min(skipWire, end.Raw - start.Raw) : start.Raw;
            ReadOnlySpan<byte> before = isPlain || at == 0 ? default : ChunkAt(at - 1, at);
            copier.After(before.IsEmpty ? (byte)0 : before[0]);
            ReadOnlySpan<byte> chunk;
            for (; copier.Left > 0 && !(chunk = ChunkAt(at, Math.Min(end.Raw, RawOctets))).IsEmpty; at += chunk.Length)
            {
                if (isPlain)
                {
                    copier.Put(chunk);
                }
                else
                {
                    copier.FeedLines(chunk);
                }
            }

            copier.Complete();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(lines);
        }
    }

    /// <summary>Reads octets of the file as they are.</summary>
    /// <param name="rawOffset">Where in the file.</param>
    /// <param name="buffer">Filled as far as the file goes.</param>
    /// <returns>How many octets were read; 0 at the end.</returns>
    /// <exception cref="StoreException">The disk failed.</exception>
    public int ReadRaw(long rawOffset, Span<byte> buffer)
    {
        ReadOnlySpan<byte> chunk;
        int filled = 0;
        while (filled < buffer.Length && !(chunk = ChunkAt(rawOffset + filled, rawOffset + buffer.Length)).IsEmpty)
        {
            chunk.CopyTo(buffer[filled..]);
            filled += chunk.Length;
        }

        return filled;
    }

    /// <summary>Octets of the file as they are, as many as are to be had at once.</summary>
    /// <param name="start">Where in the file.</param>
    /// <param name="end">Where to stop.</param>
    /// <returns>None at the end; good until anything else is read.</returns>
    /// <exception cref="StoreException">The disk failed.</exception>
    public ReadOnlySpan<byte> PeekRaw(long start, long end) => ChunkAt(start, Math.Min(end, RawOctets));

    /// <inheritdoc />
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _file.Dispose();
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private long Count() => GoThrough(null, out long bareLfs) + bareLfs;

    private long GoThrough(MimeScanner? scanner, out long bareLfs)
    {
        var counter = default(LineEndCounter);
        bool counts = LineEnds == LineEnds.LfIsCrlf && (_wireOctets < 0 || _lineEnds is null);
        LineEndMap? map = counts ? LineEndMap.For(RawOctets) : null;
        ReadOnlySpan<byte> chunk;
        long at = 0;
        for (; !(chunk = ChunkAt(at, RawOctets)).IsEmpty; at += chunk.Length)
        {
            scanner?.Feed(chunk);
            if (counts)
            {
                counter.Feed(chunk);
                map?.Note(at + chunk.Length, counter.BareLfs);
            }
        }

        _lineEnds ??= map;
        bareLfs = counter.BareLfs;
        return at;
    }

    // The octets from one place towards another, as many as one read gives; none where the file ends. Good until the next
    // call.
    private ReadOnlySpan<byte> ChunkAt(long start, long end)
    {
        try
        {
            if (RawOctets <= BufferOctets)
            {
                // Small messages are read once, whatever is asked of them.
                _held = _held >= 0 ? _held : _file.Read(0, _buffer.AsSpan(0, (int)RawOctets));
                int first = (int)Math.Min(start, _held);
                return _buffer.AsSpan(first, (int)Math.Min(Math.Max(end - start, 0), _held - first));
            }

            int wanted = (int)Math.Clamp(end - start, 0, BufferOctets);
            return _buffer.AsSpan(0, _file.Read(start, _buffer.AsSpan(0, wanted)));
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }

    private sealed class HeaderSink(int octets) : IOctetSink
    {
        private readonly byte[] _header = new byte[octets];
        private int _filled;

        public ReadOnlyMemory<byte> Octets => _header;

        public void Write(ReadOnlySpan<byte> octets)
        {
            octets.CopyTo(_header.AsSpan(_filled));
            _filled += octets.Length;
        }
    }
}
