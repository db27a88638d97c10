using System.Buffers.Binary;
using Imapd.Protocol.Mime;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Cache;

/// <summary>
/// What was found out about a mailbox's messages, kept in <c>imapd.cache</c> in the form in which it is sent. All of it can be
/// had again from the messages: the file may be lost or garbage at any time, and nothing here ever fails.
/// </summary>
/// <remarks>
/// One for an open mailbox, used by its thread. No lock is needed, and none of the mailbox's is taken. A message never
/// changes under its UID, so an entry is right as long as UIDVALIDITY and the mailbox are the same, by which the file and
/// every checksum in it are bound. Memory is given back by <see cref="Rest"/>, which ends every command that used it.
/// </remarks>
public sealed class MessageCache : IDisposable
{
    private const long RetryMilliseconds = 60_000;

    private readonly DirectoryHandle _directory;
    private readonly Func<MailboxState> _state;
    private readonly Action<string>? _log;
    private readonly CachedMessage _message = new();
    private CacheFile? _file;
    private PendingEntries? _pending;
    private bool _hasLooked;
    private ulong _unusable;
    private long _notBefore = long.MinValue;

    /// <param name="directory">The mailbox's directory.</param>
    /// <param name="state">The session's picture.</param>
    /// <param name="log">Told when a file that is there cannot be used.</param>
    internal MessageCache(DirectoryHandle directory, Func<MailboxState> state, Action<string>? log = null)
    {
        _directory = directory;
        _state = state;
        _log = log;
    }

    /// <summary>Whether it is worth while to offer something: not after a failure to write, for a while.</summary>
    public bool CanAdd => Environment.TickCount64 >= _notBefore;

    /// <summary>How large the file may become; null for 4 KB a message, 64 MB at least and 1 GB at most.</summary>
    internal long? BoundOctets { get; set; }

    /// <summary>What is known of a message.</summary>
    /// <returns>Perhaps empty; always the same object, good until the next call and until <see cref="Rest"/>.</returns>
    public CachedMessage Load(Uid uid)
    {
        _message.Clear();
        try
        {
            Look();
            if (_file is not null)
            {
                for (int i = _file.Segments.Count - 1; i >= 0; i--)
                {
                    if (_file.Segments[i].TryFind(uid.Value, out ReadOnlyMemory<byte> entry))
                    {
                        _message.Add(entry);
                    }
                }
            }
        }
        catch (UnixException)
        {
            _message.Clear();
            Forget();
        }

        return _message;
    }

    /// <summary>When a message was sent, which costs less than <see cref="Load"/>; unknown when nobody has added it.</summary>
    public SentDay SentDayOf(Uid uid)
    {
        try
        {
            Look();
            for (int i = (_file?.Segments.Count ?? 0) - 1; i >= 0; i--)
            {
                if (_file!.Segments[i].SentOf(uid.Value) is { IsKnown: true } sent)
                {
                    return sent;
                }
            }
        }
        catch (UnixException)
        {
            _message.Clear();
            Forget();
        }

        return default;
    }

    /// <summary>Begins to add what was found out about a message; <see cref="Put"/> and <see cref="EndEntry"/> follow.</summary>
    /// <param name="uid">The message.</param>
    /// <param name="rawOctets">How long the file is that all of it was read from.</param>
    /// <param name="lineEnds">How its lines end.</param>
    /// <returns>False when nothing is to be added.</returns>
    public bool BeginEntry(Uid uid, long rawOctets, LineEnds lineEnds)
    {
        if (!CanAdd || uid.Value < (_file?.Header.FloorUid ?? 0))
        {
            return false;
        }

        _pending ??= new PendingEntries(CacheHeader.SeedOf(_state().Identity));
        _pending.Begin(uid.Value, rawOctets, lineEnds);
        return true;
    }

    /// <summary>Adds a field; what is larger than an entry may be is left out.</summary>
    public void Put(CacheKind kind, ReadOnlySpan<byte> content) => _pending!.Put(kind, content);

    /// <summary>Adds when the message was sent.</summary>
    /// <param name="header">Its header, or the common fields of it.</param>
    public void PutSentDay(ReadOnlySpan<byte> header) => _pending!.Put(SentDay.Of(header));

    /// <summary>Adds internal date and size.</summary>
    /// <param name="internalDate">The internal date.</param>
    /// <param name="wireOctets">As counted; -1 when it was not.</param>
    public void PutFacts(DateTimeOffset internalDate, long wireOctets)
    {
        Span<byte> facts = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(facts, internalDate.ToUnixTimeSeconds());
        BinaryPrimitives.WriteInt64LittleEndian(facts[8..], wireOctets);
        Put(CacheKind.Facts, facts);
    }

    /// <summary>What was begun is complete.</summary>
    public void EndEntry()
    {
        _pending!.End();
        if (_pending.IsFull)
        {
            Flush();
        }
    }

    /// <summary>A command is done: writes what was added and gives the memory back.</summary>
    public void Rest()
    {
        Flush();
        _pending = null;
        _message.Clear();
        _file?.Rest();
        _hasLooked = false;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Rest();
        _file?.Dispose();
        _file = null;
    }

    /// <summary>The file as it is now, for a look at its segments; null when there is none.</summary>
    internal CacheFile? OpenFile() =>
        _directory.TryOpenFile(CacheFile.FileName, Libc.O_RDONLY, out FileHandle? opened) == Errno.None
            ? CacheFile.TryRead(opened!, _state().Identity)
            : null;

    /// <summary>Another session's cache of the same mailbox.</summary>
    internal MessageCache Another() => new(_directory, _state, _log);

    private void Flush()
    {
        if (_pending is null || _pending.IsEmpty)
        {
            return;
        }

        try
        {
            // Another session that is writing writes much the same; what it lacks is found out again.
            CacheWriter.TryAdd(_directory, _state(), _pending, BoundOctets);
        }
        catch (UnixException)
        {
            _notBefore = Environment.TickCount64 + RetryMilliseconds;
        }
        finally
        {
            _pending.Clear();
        }
    }

    // Once in a command: what others add meanwhile is of use to the next one.
    private void Look()
    {
        if (_hasLooked)
        {
            return;
        }

        _hasLooked = true;
        Errno error = _directory.TryStat(CacheFile.FileName, false, out FileStat stat);
        if (error != Errno.None || stat.Kind != FileKind.Regular)
        {
            Forget();
        }
        else if (_file is null || _file.Inode != stat.Inode || _file.Device != stat.Device)
        {
            Forget();
            _file = OpenFile();
            if (_file is null && stat.Octets > 0 && _unusable != stat.Inode)
            {
                _unusable = stat.Inode;
                _log?.Invoke($"{CacheFile.FileName}: it is damaged, of another version or of another mailbox; it is filled anew");
            }
        }
        else
        {
            _file.CatchUp(stat.Octets);
        }
    }

    private void Forget()
    {
        _file?.Dispose();
        _file = null;
    }
}
