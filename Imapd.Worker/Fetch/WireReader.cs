using Imapd.Protocol.Mime;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Fetch;

/// <summary>Reads a range of a message as it is on the wire: every line ends in CRLF, whatever the file has.</summary>
internal sealed class WireReader
{
    private readonly MessageFile _file;
    private readonly long _end;
    private readonly byte[]? _raw;
    private long _at;
    private byte _last;

    /// <summary>Prepares to read from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public WireReader(MessageFile file, Offset start, Offset end)
    {
        _file = file;
        _at = start.Raw;
        _end = end.Raw;

        // Where both coordinates advance alike, no line end has to be put in.
        _raw = end.Wire - start.Wire == end.Raw - start.Raw ? null : new byte[4096];
    }

    /// <summary>Reads the next octets.</summary>
    /// <param name="wire">Where to; at least two octets.</param>
    /// <returns>How many; 0 at the end, also where the file has become shorter since it was scanned.</returns>
    /// <exception cref="StoreException">The file cannot be read.</exception>
    public int Read(Span<byte> wire)
    {
        if (_raw is null)
        {
            int direct = _file.ReadRaw(_at, Limit(wire));
            _at += direct;
            return direct;
        }

        // Half of the room, because every octet may be a LF.
        int read = _file.ReadRaw(_at, Limit(_raw.AsSpan(0, Math.Min(_raw.Length, wire.Length / 2))));
        _at += read;
        ReadOnlySpan<byte> rest = _raw.AsSpan(0, read);
        int written = 0;
        while (!rest.IsEmpty)
        {
            int lf = rest.IndexOf((byte)'\n');
            int plain = lf < 0 ? rest.Length : lf;
            rest[..plain].CopyTo(wire[written..]);
            written += plain;
            if (lf < 0)
            {
                _last = rest[^1];
                break;
            }

            byte before = lf == 0 ? _last : rest[lf - 1];
            if (before != (byte)'\r')
            {
                wire[written++] = (byte)'\r';
            }

            wire[written++] = (byte)'\n';
            _last = (byte)'\n';
            rest = rest[(lf + 1)..];
        }

        return written;
    }

    private Span<byte> Limit(Span<byte> room) => room[..(int)Math.Min(room.Length, _end - _at)];
}
