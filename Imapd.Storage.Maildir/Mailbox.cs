using Imapd.Protocol.Mime;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Cache;
using Imapd.Storage.Maildir.Change;
using Imapd.Storage.Maildir.Courier;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Read;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir;

/// <summary>One session's open mailbox. Used by one thread at a time; other sessions have their own.</summary>
public sealed class Mailbox : IDisposable
{
    private const int UnwatchedMilliseconds = 30_000;
    private const int UntoldMilliseconds = 20;

    private readonly MailboxLook _look;
    private readonly MessageFinder _finder;
    private readonly LearntFacts _facts = new();
    private MimeScanner? _scanner;
    private ReadingPlace? _reading;

    private Mailbox(MailboxName name, bool isReadOnly, MailboxFiles files, bool isWatched)
    {
        Name = name;
        _look = new MailboxLook(files, isReadOnly, isWatched);
        _finder = new MessageFinder(_look);
        Cache = new MessageCache(files.Directory, () => State, why => files.Options.Log?.Invoke($"{files.Path}/{why}"));
    }

    /// <summary>The name it was opened by; after a RENAME elsewhere the same messages are still served.</summary>
    public MailboxName Name { get; }

    /// <summary>
    /// Whether it was opened by EXAMINE, or the file system permits no more: flags and messages cannot be changed through it.
    /// </summary>
    public bool IsReadOnly => _look.IsReadOnly;

    /// <summary>What is remembered of the messages; its file is opened at the first question.</summary>
    public MessageCache Cache { get; }

    /// <summary>An immutable picture of the mailbox as of the last look.</summary>
    public MailboxState State => _look.State;

    /// <summary>
    /// A descriptor to poll(2) for reading: readable when something may have changed. -1 when there is none to be had;
    /// then <see cref="RefreshWithinMilliseconds"/> says when. The mailboxes of a store share it.
    /// </summary>
    public int WatchDescriptor => _look.WatchDescriptor;

    /// <summary>
    /// How long to wait for <see cref="WatchDescriptor"/> before the next <see cref="Refresh"/>, in milliseconds. Not for ever
    /// when there is none, when the last look failed, or when something happened while it was at work.
    /// </summary>
    public int RefreshWithinMilliseconds =>
        WatchDescriptor == -1 || _look.MustList ? UnwatchedMilliseconds : _look.HasUntold ? UntoldMilliseconds : int.MaxValue;

    /// <summary>Counters and stamps as of the last look.</summary>
    internal IndexSummary Summary => _look.View.Summary;

    /// <summary>Opens a mailbox and looks at it once.</summary>
    internal static Mailbox Open(TreeRoot tree, MailboxName name, bool isReadOnly, bool isWatched)
    {
        var mailbox = new Mailbox(name, isReadOnly, MailboxFiles.Open(tree, name), isWatched);
        try
        {
            if (!isReadOnly)
            {
                mailbox._look.FindOutWhetherReadOnly();
            }

            if (isWatched || !isReadOnly)
            {
                CourierKeywordImport.Run(mailbox._look.Files, mailbox.IsReadOnly);
            }

            mailbox._look.Look();
            if (!mailbox.IsReadOnly)
            {
                TmpSweep.Sweep(mailbox._look.Files);
            }

            return mailbox;
        }
        catch
        {
            mailbox.Dispose();
            throw;
        }
    }

    /// <summary>Looks at the disk: new messages get UIDs and, in a read-write session, move to <c>cur/</c>.</summary>
    /// <returns>The same instance as before when nothing has changed.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.NonExistent"/> when the mailbox was deleted.</exception>
    public MailboxState Refresh()
    {
        try
        {
            MailboxState state = _look.Look();
            return _facts.HasMuchNews && TryTellFacts() ? _look.Show() : state;
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }

    /// <summary>Reads what <see cref="WatchDescriptor"/> has to say, and keeps it for <see cref="Refresh"/>.</summary>
    public void DrainWatch() => _look.Drain();

    /// <summary>Opens a message for reading.</summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.ExpungeIssued"/> when it is gone, after one search under another name;
    /// <see cref="StoreError.Cannot"/> when something that is no file bears its name.
    /// </exception>
    public MessageFile Open(Uid uid)
    {
        FileHandle? file = null;
        string fileName = string.Empty;
        int place = _look.View.IndexOf(uid.Value);
        long likelyOctets = place < 0 ? -1 : _look.View.RecordAt(place).RawOctets;
        try
        {
            MessageFinder.ThrowUnlessThere(_finder.Try(uid.Value, (part, name) =>
            {
                fileName = name;
                return part.TryOpenFile(name, Libc.O_RDONLY, out file);
            }));
            _scanner ??= new MimeScanner(LineEnds.AsIs, MimeLimits.Default);
            return new MessageFile(
                file!,
                fileName,
                likelyOctets,
                _facts.Find(uid.Value),
                _scanner,
                (raw, wire) => Counted(uid.Value, raw, wire),
                ReadingOf(uid.Value, likelyOctets));
        }
        catch (UnixException failed)
        {
            file?.Dispose();
            throw failed.ToStoreException();
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>When the message arrived (RFC 9051 §2.3.3), in UTC, to the second.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ExpungeIssued"/> when it is gone.</exception>
    public DateTimeOffset InternalDate(Uid uid)
    {
        IndexRecord record = RecordOf(uid);
        long seconds = record.InternalDateSeconds;
        seconds = seconds == IndexRecord.UnknownDate ? _facts.FindDate(uid.Value) : seconds;
        if (seconds == IndexRecord.UnknownDate)
        {
            FileStat stat = default;
            try
            {
                MessageFinder.ThrowUnlessThere(_finder.Try(uid.Value, (part, name) => part.TryStat(name, false, out stat)));
            }
            catch (UnixException failed)
            {
                throw failed.ToStoreException();
            }

            seconds = stat.ModifiedSeconds;
            NoteDate(record, stat);
        }

        return DateTimeOffset.FromUnixTimeSeconds(seconds);
    }

    /// <summary>The message's size as it is sent (RFC822.SIZE, RFC 9051 §2.3.4).</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ExpungeIssued"/> when it is gone.</exception>
    public long WireOctets(Uid uid)
    {
        long octets = KnownWireOctets(RecordOf(uid));
        if (octets >= 0)
        {
            return octets;
        }

        using MessageFile file = Open(uid);
        return file.WireOctets;
    }

    /// <summary>The same as far as it is known without reading the message; -1 otherwise.</summary>
    /// <remarks>
    /// What a file's name says of sizes is not believed before the file's length was seen to agree. That is looked up together
    /// with the internal date: of messages with a date, sizes were compared or counted.
    /// </remarks>
    /// <param name="state">A picture of this mailbox.</param>
    /// <param name="index">The message's place in it.</param>
    public long KnownWireOctets(MailboxState state, int index)
    {
        // What was learnt is in the index at once, and in a picture that is shown only when something else has changed.
        IndexView view = _look.View;
        int place = ReferenceEquals(view, state.View) ? index : view.IndexOf(state.View.UidAt(index));
        return KnownWireOctets(place < 0 ? state.View.RecordAt(index) : view.RecordAt(place));
    }

    /// <summary>Changes flags of messages; those that are gone are passed over. On return the files bear the new names.</summary>
    /// <param name="uids">The messages.</param>
    /// <param name="change">What to change.</param>
    /// <param name="refused">
    /// Why some messages kept their flags though they are there, as those whose names are too long to hold any; null when all
    /// were changed.
    /// </param>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.ReadOnly"/>; <see cref="StoreError.Limit"/> when the 26 letters for keywords are used up:
    /// nothing was changed then.
    /// </exception>
    public MailboxState ChangeFlags(IReadOnlyList<Uid> uids, FlagChange change, out StoreException? refused)
    {
        var error = Errno.None;
        MailboxState state = Changed(mailbox => error = FlagChanger.Change(mailbox, uids, change));
        refused = error == Errno.None ? null : new UnixException("renameat2", "message", error).ToStoreException();
        return state;
    }

    /// <summary>Removes the messages that have <c>\Deleted</c>. Durable on return.</summary>
    /// <param name="among">Only these; null for all.</param>
    /// <exception cref="StoreException"><see cref="StoreError.ReadOnly"/> and what unlinking may bring.</exception>
    public MailboxState Expunge(IReadOnlyList<Uid>? among) => Changed(mailbox =>
    {
        Expunger.Remove(mailbox, among ?? Expunger.DeletedIn(mailbox.View), mustBeDeleted: true);
        UidListTrim.TrimIfDue(mailbox);
    });

    /// <summary>Copies messages, all or none, with flags, keywords by name and internal date. Durable on return.</summary>
    /// <remarks>Keywords for which the destination has no letter left are not copied.</remarks>
    /// <param name="uids">Which, ascending.</param>
    /// <param name="to">Where; it may be this mailbox.</param>
    /// <param name="mustBeThere">Whether one that is gone fails the others too, and is not passed over.</param>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.NonExistent"/>: there is no destination (<c>TRYCREATE</c>); <see cref="StoreError.ExpungeIssued"/>: one
    /// is gone that must be there. Nothing was copied then.
    /// </exception>
    public CopyResult Copy(IReadOnlyList<Uid> uids, MailboxName to, bool mustBeThere = false)
    {
        try
        {
            using MailboxLook destination = LookAt(MailboxFiles.Open(_look.Files.Tree, to));
            using var copier = new Copier(_look, _finder, destination);
            return copier.Copy(uids, mustBeThere);
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }

    /// <summary>Moves messages, with flags, keywords by name and internal date (RFC 9051 §6.4.8). Durable on return.</summary>
    /// <remarks>
    /// A message that another session has moved or removed is passed over: each is moved once. Keywords for which the
    /// destination has no letter left are dropped. A crash leaves each message in one of the mailboxes, or, where they are
    /// on two file systems, perhaps in both.
    /// </remarks>
    /// <param name="uids">Which, ascending.</param>
    /// <param name="to">Where; it may be this mailbox: they get new UIDs then.</param>
    /// <exception cref="StoreException">
    /// As for <see cref="Copy"/>; <see cref="StoreError.ReadOnly"/>; <see cref="StoreError.InUse"/> when one of the two
    /// mailboxes' locks cannot be had in time, or another program keeps renaming the messages.
    /// </exception>
    public CopyResult Move(IReadOnlyList<Uid> uids, MailboxName to)
    {
        ThrowIfReadOnly();
        try
        {
            using MailboxLook? other = Other(to);
            CopyResult moved = new Mover(_look, _finder, other ?? _look, _facts).Move(uids);
            _look.Show();
            return moved;
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        TryTellFacts();
        TrySettleStamps();
        Cache.Dispose();
        _look.Dispose();
    }

    /// <summary>Counts the messages whose sizes are not known, and notes them in the index.</summary>
    /// <returns>The sizes of all messages in wire form, together; what cannot be read counts nothing.</returns>
    internal ulong CountOctets()
    {
        ulong octets = Summary.WireOctets;
        uint left = Summary.UnknownSizes;
        IndexView view = _look.View;
        for (int place = 0; place < view.Count && left > 0; place++)
        {
            if (view.RecordAt(place).WireOctets < 0)
            {
                left--;
                octets += Count(new Uid(view.UidAt(place)));
            }
        }

        TryTellFacts();
        return octets;
    }

    /// <summary>Compares all sizes that are known with the files' lengths; what differs is counted, and noted in the index.</summary>
    internal void ConfirmSizes()
    {
        IndexView view = _look.View;
        for (int place = 0; place < view.Count; place++)
        {
            IndexRecord record = view.RecordAt(place);
            if (TryStat(record.Uid, out FileStat stat) && !record.AgreesWith(stat.Octets))
            {
                Count(new Uid(record.Uid));
                _ = _facts.HasMuchNews && TryTellFacts();
            }
        }

        TryTellFacts();
    }

    private ulong Count(Uid uid)
    {
        try
        {
            using MessageFile file = Open(uid);
            return (ulong)file.WireOctets;
        }
        catch (StoreException error) when (error.Error is StoreError.ExpungeIssued or StoreError.Cannot or StoreError.NoPermission)
        {
            return 0;
        }
    }

    private void Counted(uint uid, long rawOctets, long wireOctets)
    {
        int place = _look.View.IndexOf(uid);
        _facts.Counted(uid, rawOctets, wireOctets, place < 0 ? null : _look.View.RecordAt(place));
    }

    private long KnownWireOctets(in IndexRecord record)
    {
        if (_facts.Find(record.Uid) is >= 0 and var counted)
        {
            return counted;
        }

        // Of a message that is gone there is nothing better than what was known.
        if (record.WireOctets < 0
            || record.InternalDateSeconds != IndexRecord.UnknownDate
            || _facts.FindDate(record.Uid) != IndexRecord.UnknownDate
            || !TryStat(record.Uid, out FileStat stat))
        {
            return record.WireOctets;
        }

        NoteDate(record, stat);
        return record.AgreesWith(stat.Octets) ? record.WireOctets : -1;
    }

    // A date says that the sizes are right: one whose sizes are not gets it when they are.
    private void NoteDate(in IndexRecord record, in FileStat stat)
    {
        if (record.AgreesWith(stat.Octets))
        {
            _facts.Dated(record.Uid, stat.ModifiedSeconds);
        }
    }

    private bool TryStat(uint uid, out FileStat stat)
    {
        FileStat found = default;
        Errno error = _finder.Try(uid, (part, name) => part.TryStat(name, false, out found));
        stat = found;
        return error == Errno.None;
    }

    private ReadingPlace? ReadingOf(uint uid, long likelyOctets)
    {
        if (likelyOctets is >= 0 and <= MessageFile.BufferOctets)
        {
            return null;
        }

        return _reading?.Uid == uid ? _reading : _reading = new ReadingPlace(uid);
    }

    // Worth keeping, not worth waiting or failing for.
    private bool TryTellFacts()
    {
        if (!_facts.HasNews)
        {
            return false;
        }

        try
        {
            using LockedMailbox? locked = _look.TryLock();
            if (locked is null)
            {
                return false;
            }

            _facts.Tell(locked.Changes);
            locked.Commit();
            return true;
        }
        catch (Exception error) when (error is UnixException or StoreException)
        {
            // They are found out again the next time.
            return false;
        }
    }

    // Spares the next session a listing; nobody waits for it.
    private void TrySettleStamps()
    {
        try
        {
            _look.SettleStamps();
        }
        catch (Exception error) when (error is UnixException or StoreException)
        {
            // It lists the directories then.
        }
    }

    // Watched for its duration, so that its stamps stay right.
    private static MailboxLook LookAt(MailboxFiles files) => new(files, isReadOnly: true, isWatched: true);

    // Null when it is this one.
    private MailboxLook? Other(MailboxName name)
    {
        MailboxFiles files = MailboxFiles.Open(_look.Files.Tree, name);
        if (!files.IsSameAs(_look.Files))
        {
            return LookAt(files);
        }

        files.Dispose();
        return null;
    }

    private IndexRecord RecordOf(Uid uid) => _look.View.IndexOf(uid.Value) is >= 0 and var place
        ? _look.View.RecordAt(place)
        : throw new StoreException(StoreError.ExpungeIssued, "The message is gone");

    private void ThrowIfReadOnly()
    {
        if (_look.ReadOnlyReason != Errno.None)
        {
            throw new UnixException("openat", "mailbox", _look.ReadOnlyReason).ToStoreException();
        }

        if (IsReadOnly)
        {
            throw new StoreException(StoreError.ReadOnly, "The mailbox can only be read");
        }
    }

    private MailboxState Changed(Action<LockedMailbox> change)
    {
        ThrowIfReadOnly();
        try
        {
            using LockedMailbox locked = _look.Lock();
            _facts.Tell(locked.Changes);
            change(locked);
            locked.Commit();
            return _look.Show();
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }
}
