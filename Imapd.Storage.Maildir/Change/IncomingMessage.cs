using System.Buffers;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Change;

/// <summary>
/// A message being written to <c>tmp/</c>. Lines end in LF on disk, as other programs expect; a message that could not be
/// given back octet by octet from that form is kept as it came.
/// </summary>
/// <remarks>
/// Those are messages with a LF that has no CR before it, with two CRs in a row (the second may belong to a CRLF), or with a
/// NUL, which marks data that is no text. Their names say <c>S=</c> and <c>W=</c> of the same size.
/// </remarks>
internal sealed class IncomingMessage : IOctetSink, IDisposable
{
    private const int BufferOctets = 64 * 1024;

    private static readonly SearchValues<byte> Special = SearchValues.Create("\r\n\0"u8);

    private readonly MailboxFiles _mailbox;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferOctets);
    private FileHandle? _file;
    private int _buffered;
    private long _rawOctets;
    private long _wireOctets;
    private bool _isVerbatim;
    private bool _isAfterCr;

    /// <summary>Begins a message in a mailbox's <c>tmp/</c>.</summary>
    public IncomingMessage(MailboxFiles mailbox, FlagSet flags, DateTimeOffset? internalDate)
    {
        _mailbox = mailbox;
        Flags = flags;
        InternalDate = internalDate;
        Name = mailbox.Tree.Names.Next();
        _file = Make(Name);
    }

    /// <summary>The flags it will have.</summary>
    public FlagSet Flags { get; }

    /// <summary>When it arrived; null for now.</summary>
    public DateTimeOffset? InternalDate { get; }

    /// <summary>Its name in <c>tmp/</c>.</summary>
    public string Name { get; private set; }

    /// <summary>Its base name in the mailbox, sizes included, once it is complete.</summary>
    public string BaseName => $"{Name},S={_rawOctets},W={_wireOctets}";

    /// <summary>The file's length, once it is complete.</summary>
    public long RawOctets => _rawOctets;

    /// <summary>The length on the wire.</summary>
    public long WireOctets => _wireOctets;

    /// <summary>The file's mtime in seconds since 1970, which is the internal date, once it is complete.</summary>
    public long InternalDateSeconds { get; private set; }

    /// <summary>Whether the file in <c>tmp/</c> is somebody else's business from now on.</summary>
    public bool IsGivenAway { get; set; }

    /// <inheritdoc />
    public void Write(ReadOnlySpan<byte> octets)
    {
        try
        {
            long limit = _mailbox.Options.MaxMessageOctets;
            _wireOctets += octets.Length;
            if (limit > 0 && _wireOctets > limit)
            {
                throw new StoreException(StoreError.TooBig, $"A message has at most {limit} octets");
            }

            while (!octets.IsEmpty)
            {
                octets = _isVerbatim ? Put(octets) : PutLines(octets);
            }
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }

    /// <summary>Completes the file and makes it survive a power failure.</summary>
    public void Complete()
    {
        if (_file is null)
        {
            return;
        }

        if (_isAfterCr && !_isVerbatim)
        {
            Put("\r"u8);
        }

        Flush();
        if (InternalDate is { } date)
        {
            _file.SetModified(date);
        }

        _file.Sync();
        InternalDateSeconds = _file.Stat().ModifiedSeconds;
        Close();
    }

    /// <summary>Removes the file, if it is still in <c>tmp/</c>.</summary>
    public void Dispose()
    {
        if (_file is not null)
        {
            Close();
        }

        if (!IsGivenAway)
        {
            _mailbox.Tmp.TryUnlink(Name);
        }
    }

    // Writes up to the next octet that is special, and that one; returns the rest.
    private ReadOnlySpan<byte> PutLines(ReadOnlySpan<byte> octets)
    {
        if (_isAfterCr)
        {
            if (octets[0] == (byte)'\n')
            {
                _isAfterCr = false;
                Put("\n"u8);
                return octets[1..];
            }

            if (octets[0] is (byte)'\r' or 0)
            {
                KeepAsItCame();
                return octets;
            }

            _isAfterCr = false;
            Put("\r"u8);
        }

        int special = octets.IndexOfAny(Special);
        if (special < 0)
        {
            return Put(octets);
        }

        Put(octets[..special]);
        if (octets[special] != (byte)'\r')
        {
            KeepAsItCame();
            return octets[special..];
        }

        _isAfterCr = true;
        return octets[(special + 1)..];
    }

    private ReadOnlySpan<byte> Put(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            int count = Math.Min(octets.Length, BufferOctets - _buffered);
            octets[..count].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += count;
            octets = octets[count..];
            if (_buffered == BufferOctets)
            {
                Flush();
            }
        }

        return default;
    }

    private void Flush()
    {
        _file!.Write(_rawOctets, _buffer.AsSpan(0, _buffered));
        _rawOctets += _buffered;
        _buffered = 0;
    }

    // What is on the disk so far has a LF for every CRLF and no other LF: it is written once more, as it came.
    private void KeepAsItCame()
    {
        Flush();
        string verbatimName = _mailbox.Tree.Names.Next();
        FileHandle verbatim = Make(verbatimName);
        (FileHandle lines, string linesName, long linesOctets) = (_file!, Name, _rawOctets);
        (_file, Name, _rawOctets) = (verbatim, verbatimName, 0);
        byte[] chunk = ArrayPool<byte>.Shared.Rent(BufferOctets);
        try
        {
            for (long offset = 0; offset < linesOctets;)
            {
                ReadOnlySpan<byte> read = chunk.AsSpan(0, lines.Read(offset, chunk.AsSpan(0, BufferOctets)));
                if (read.IsEmpty)
                {
                    throw new StoreException(StoreError.Unavailable, "The file being written was cut off");
                }

                offset += read.Length;
                PutExpanded(read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
            lines.Dispose();
            _mailbox.Tmp.TryUnlink(linesName);
        }

        _isVerbatim = true;
        if (_isAfterCr)
        {
            Put("\r"u8);
        }
    }

    private void PutExpanded(ReadOnlySpan<byte> lines)
    {
        int end;
        while ((end = lines.IndexOf((byte)'\n')) >= 0)
        {
            Put(lines[..end]);
            Put("\r\n"u8);
            lines = lines[(end + 1)..];
        }

        Put(lines);
    }

    private FileHandle Make(string name) => _mailbox.Tmp.OpenFile(name, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL);

    private void Close()
    {
        _file!.Dispose();
        _file = null;
        ArrayPool<byte>.Shared.Return(_buffer);
    }
}
