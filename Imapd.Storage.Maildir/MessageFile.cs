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
    /// <summary>What is larger is read in several steps.</summary>
    internal const int BufferOctets = 64 * 1024;

    // Most headers are shorter.
    private const int HeaderOctets = 4096;

    private readonly FileHandle _file;
    private readonly Action<long, long> _sizeCounted;
    private readonly MimeScanner _scanner;
    private readonly ReadingPlace? _reading;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferOctets);
    private int _held = -1;
    private long? _modifiedSeconds;
    private long _wireOctets;
    private bool _isSizeTold;
    private MimeEntity? _structure;
    private CachedMessage? _known;
    private LineEndMap? _lineEnds;
    private bool _isDisposed;

    /// <summary>Takes over an open file, also when it fails.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">Its name, which may tell sizes.</param>
    /// <param name="likelyOctets">Its length as far as is known; -1 otherwise.</param>
    /// <param name="knownWireOctets">Its size in wire form when that was counted before; -1 otherwise.</param>
    /// <param name="scanner">Goes through messages; whoever opens several has one for all.</param>
    /// <param name="sizeCounted">Told of its length and its size, once, when that is counted or asked for.</param>
    /// <param name="reading">Where reading it ended last; null when it is small.</param>
    /// <exception cref="StoreException"><see cref="StoreError.Cannot"/>: it is no regular file.</exception>
    internal MessageFile(
        FileHandle file,
        string name,
        long likelyOctets,
        long knownWireOctets,
        MimeScanner scanner,
        Action<long, long> sizeCounted,
        ReadingPlace? reading)
    {
        _file = file;
        _reading = reading;
        _scanner = scanner;
        _sizeCounted = sizeCounted;
        (long rawTold, long wireTold) = MessageName.Sizes(name);
        try
        {
            RawOctets = FindLength(likelyOctets < 0 ? rawTold : likelyOctets);
        }
        catch
        {
            Dispose();
            throw;
        }

        LineEnds = rawTold == RawOctets && wireTold == RawOctets ? LineEnds.AsIs : LineEnds.LfIsCrlf;
        _wireOctets = LineEnds == LineEnds.AsIs ? RawOctets : knownWireOctets;
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
            }

            if (!_isSizeTold)
            {
                _isSizeTold = true;
                _sizeCounted(RawOctets, _wireOctets);
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
                return DateTimeOffset.FromUnixTimeSeconds(_modifiedSeconds ??= _file.Stat().ModifiedSeconds);
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

    /// <summary>
    /// Takes over what is remembered of the message, which must be of this file (<see cref="CachedMessage.IsOf"/>) and good as
    /// long as the file is open.
    /// </summary>
    public void Recall(CachedMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (_wireOctets < 0 && message.WireOctets >= RawOctets && message.WireOctets <= RawOctets * 2)
        {
            _wireOctets = message.WireOctets;
        }

        _known = message;
    }

    /// <summary>What to remember of line ends; null when there is nothing that would help.</summary>
    public byte[]? LineEndOctets() => LineEnds == LineEnds.LfIsCrlf ? _lineEnds?.ToOctets() : null;

    /// <summary>The message's structure, scanned once.</summary>
    /// <exception cref="StoreException">The disk failed.</exception>
    public MimeEntity Structure()
    {
        if (_structure is null)
        {
            _scanner.Begin(LineEnds);
            GoThrough(_scanner, out _);
            _structure = _scanner.Finish();
            if (_wireOctets < 0)
            {
                _wireOctets = _structure.End.Wire;
                _isSizeTold = true;
                _sizeCounted(RawOctets, _wireOctets);
            }
        }

        return _structure;
    }

    /// <summary>
    /// The message's structure as it is remembered, otherwise as <see cref="Structure"/>. Headers may not be there
    /// (<see cref="MimeEntity.IsHeaderKept"/>); <see cref="HeaderOf"/> has them in either case.
    /// </summary>
    /// <exception cref="StoreException">The disk failed.</exception>
    public MimeEntity Parts() => _structure ?? Remembered() ?? Structure();

    /// <summary>
    /// The message as far as its header goes: <see cref="MimeEntity.Header"/>, <see cref="MimeEntity.HeaderStart"/> and
    /// <see cref="MimeEntity.BodyStart"/> are those of <see cref="Structure"/>; the body is missing. It is not read.
    /// </summary>
    /// <exception cref="StoreException">The disk failed.</exception>
    public MimeEntity MessageHeader()
    {
        // The scanner itself decides what is header, here as in a full scan; it is only told no more than it needs.
        _scanner.Begin(LineEnds);
        var end = default(HeaderEnd);
        ReadOnlySpan<byte> piece;
        for (long at = 0; !(piece = ChunkAt(at, Math.Min(at + HeaderOctets, RawOctets), mayHold: at > 0)).IsEmpty; at += piece.Length)
        {
            int place = end.FindIn(piece);
            _scanner.Feed(place < 0 ? piece : piece[..place]);
            if (place >= 0)
            {
                break;
            }
        }

        return _scanner.Finish();
    }

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
            if (LineEnds == LineEnds.AsIs || end.Raw - start.Raw == end.Wire - start.Wire)
            {
                CopyPlain(new WireCopier(sink, lines, 0, countWire), start.Raw + Math.Min(skipWire, end.Raw - start.Raw), end.Raw);
            }
            else
            {
                long wire = start.Wire + skipWire;
                Offset place = PlaceBefore(start, end, wire, out bool isAfterCr);
                CopyLines(new WireCopier(sink, lines, wire - place.Wire, countWire, isAfterCr), place, end.Raw);
            }
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

    // One reading of one octet more than the file is thought to have says whether it has just that; and of nothing but a file
    // can anything be read at a place. Otherwise it has to be asked for.
    private long FindLength(long likelyOctets)
    {
        if (likelyOctets is > 0 and < BufferOctets
            && _file.TryReadOnce(0, _buffer.AsSpan(0, (int)likelyOctets + 1)) == likelyOctets)
        {
            _held = (int)likelyOctets;
            return likelyOctets;
        }

        try
        {
            FileStat stat = _file.Stat();
            _modifiedSeconds = stat.ModifiedSeconds;
            return stat.Kind == FileKind.Regular
                ? stat.Octets
                : throw new StoreException(StoreError.Cannot, "Something that is no message is in the message's place");
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }

    private void CopyPlain(WireCopier copier, long at, long end)
    {
        ReadOnlySpan<byte> chunk;
        for (; copier.Left > 0 && !(chunk = ChunkAt(at, Math.Min(end, RawOctets))).IsEmpty; at += chunk.Length)
        {
            copier.Put(chunk);
        }

        copier.Complete();
    }

    private void CopyLines(WireCopier copier, Offset from, long end)
    {
        ReadOnlySpan<byte> chunk;
        for (long at = from.Raw; copier.Left > 0; at += chunk.Length)
        {
            // An octet of the file becomes one or two.
            long enough = Math.Min(at + copier.Skip + copier.Left, Math.Min(end, RawOctets));
            chunk = ChunkAt(at, enough);
            if (chunk.IsEmpty)
            {
                break;
            }

            copier.FeedLines(chunk);
        }

        _reading?.Note(RawOctets, from.Plus(copier.Taken), copier.IsAfterCr);
        copier.Complete();
    }

    // Of the places from which octets can be counted the last one that is not behind what is wanted.
    private Offset PlaceBefore(Offset start, Offset end, long wire, out bool isAfterCr)
    {
        Offset read = default;
        isAfterCr = false;
        bool isRead = _reading is not null && _reading.TryFind(RawOctets, start, wire, out read, out isAfterCr);
        if (isRead && wire - read.Wire <= BufferOctets)
        {
            return read;
        }

        (long mapRaw, long mapWire) = LineEndsBefore() is { } map ? map.Before(end.Raw, wire) : default;
        Offset place = mapRaw > start.Raw ? new Offset(mapRaw, mapWire) : start;
        if (isRead && read.Raw > place.Raw)
        {
            return read;
        }

        ReadOnlySpan<byte> before = place.Raw == 0 ? default : ChunkAt(place.Raw - 1, place.Raw);
        isAfterCr = !before.IsEmpty && before[0] == (byte)'\r';
        return place;
    }

    private LineEndMap? LineEndsBefore()
    {
        if (_lineEnds is null
            && RawOctets > BufferOctets
            && _known is not null
            && _known.TryGet(CacheKind.LineEnds, out ReadOnlySpan<byte> lineEnds))
        {
            _lineEnds = LineEndMap.TryRead(lineEnds, RawOctets);
        }

        return _lineEnds;
    }

    private MimeEntity? Remembered() =>
        _known is not null
        && _known.TryGet(CacheKind.Parts, out ReadOnlySpan<byte> parts)
        && PartTree.TryRead(parts) is { } tree
        && tree.End.Raw <= RawOctets
            ? tree
            : null;

    private long Count() => GoThrough(null, out long bareLfs) + bareLfs;

    private long GoThrough(MimeScanner? scanner, out long bareLfs)
    {
        var counter = default(LineEndCounter);
        bool counts = LineEnds == LineEnds.LfIsCrlf && (_wireOctets < 0 || LineEndsBefore() is null);
        LineEndMap? map = counts ? LineEndMap.For(RawOctets) : null;

        // The scanner counts as well.
        counts &= scanner is null || map is not null;
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
    private ReadOnlySpan<byte> ChunkAt(long start, long end, bool mayHold = true)
    {
        try
        {
            if (RawOctets <= BufferOctets && (mayHold || _held >= 0))
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
