using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Cache;
using Imapd.Storage.Maildir.Change;
using Imapd.Storage.Maildir.Courier;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir;

/// <summary>One session's open mailbox. Used by one thread at a time; other sessions have their own.</summary>
public sealed class Mailbox : IDisposable
{
    private readonly MailboxFiles _files;
    private readonly MailboxLook _look;
    private readonly MessageFinder _finder;
    private readonly MailboxWatch? _watch;

    private Mailbox(MailboxName name, bool isReadOnly, MailboxFiles files, bool isWatched)
    {
        Name = name;
        IsReadOnly = isReadOnly;
        _files = files;
        _look = new MailboxLook(files, isReadOnly);
        _finder = new MessageFinder(files);
        Cache = new MessageCache(files.Directory, () => State);

        // Before the first look: what happens after it must not be missed.
        _watch = isWatched ? MailboxWatch.TryBegin(files) : null;
    }

    /// <summary>The name it was opened by; after a RENAME elsewhere the same messages are still served.</summary>
    public MailboxName Name { get; }

    /// <summary>Whether it was opened by EXAMINE: flags and messages cannot be changed through it.</summary>
    public bool IsReadOnly { get; }

    /// <summary>What is remembered of the messages; its file is opened at the first question.</summary>
    public MessageCache Cache { get; }

    /// <summary>An immutable picture of the mailbox as of the last look.</summary>
    public MailboxState State => _look.State!;

    /// <summary>
    /// A descriptor to poll(2) for reading: readable when something may have changed. -1 when there is none to be had;
    /// then <see cref="Refresh"/> every 30 seconds.
    /// </summary>
    public int WatchDescriptor => _watch?.Descriptor ?? -1;

    /// <summary>Opens a mailbox and looks at it once.</summary>
    internal static Mailbox Open(TreeRoot tree, MailboxName name, bool isReadOnly, bool isWatched)
    {
        var mailbox = new Mailbox(name, isReadOnly, MailboxFiles.Open(tree, name), isWatched);
        try
        {
            if (!isReadOnly)
            {
                TmpSweep.Sweep(mailbox._files);
            }

            if (isWatched || !isReadOnly)
            {
                CourierKeywordImport.Run(mailbox._files, isReadOnly);
            }

            mailbox._look.Look();
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
            return _look.Look();
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }

    /// <summary>Reads away what <see cref="WatchDescriptor"/> has to say; call it before <see cref="Refresh"/>.</summary>
    public void DrainWatch() => _watch?.Drain();

    /// <summary>Opens a message for reading.</summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.ExpungeIssued"/> when it is gone, after one search under another name;
    /// <see cref="StoreError.Cannot"/> when something that is no file bears its name.
    /// </exception>
    public MessageFile Open(Uid uid)
    {
        int index = Find(uid);
        FileHandle? file = null;
        string fileName = string.Empty;
        Errno error = _finder.Try(State, index, (part, name) =>
        {
            fileName = name;
            return part.TryOpenFile(name, Libc.O_RDONLY, out file);
        });
        try
        {
            ThrowUnlessThere(error);
            FileStat stat = file!.Stat();
            if (stat.Kind != FileKind.Regular)
            {
                throw new StoreException(StoreError.Cannot, "Something that is no message is in the message's place");
            }

            WireSizes sizes = _look.Sizes;
            return new MessageFile(
                file, stat.Octets, fileName, sizes.FindCounted(uid.Value), octets => sizes.Counted(uid.Value, octets));
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
        FileStat stat = default;
        Errno error = _finder.Try(State, Find(uid), (part, name) => part.TryStat(name, false, out stat));
        try
        {
            ThrowUnlessThere(error);
        }
        catch (UnixException failed)
        {
            throw failed.ToStoreException();
        }

        (long seconds, long rest) = Math.DivRem(stat.ModifiedNanoseconds, 1_000_000_000);
        return DateTimeOffset.FromUnixTimeSeconds(rest < 0 ? seconds - 1 : seconds);
    }

    /// <summary>The message's size as it is sent (RFC822.SIZE, RFC 9051 §2.3.4).</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ExpungeIssued"/> when it is gone.</exception>
    public long WireOctets(Uid uid)
    {
        long octets = _look.Sizes.Find(uid.Value, State.Files.Names[Find(uid)]);
        if (octets >= 0)
        {
            return octets;
        }

        using MessageFile file = Open(uid);
        return file.WireOctets;
    }

    /// <summary>Changes flags of messages; those that are gone are passed over. On return the files bear the new names.</summary>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.ReadOnly"/>; <see cref="StoreError.Limit"/> when the 26 letters for keywords are used up:
    /// nothing was changed then.
    /// </exception>
    public MailboxState ChangeFlags(IReadOnlyList<Uid> uids, FlagChange change) =>
        Changed(state => FlagChanger.Change(_files, _finder, state, uids, change));

    /// <summary>Removes the messages that have <c>\Deleted</c>. Durable on return.</summary>
    /// <param name="among">Only these; null for all.</param>
    /// <exception cref="StoreException"><see cref="StoreError.ReadOnly"/> and what unlinking may bring.</exception>
    public MailboxState Expunge(IReadOnlyList<Uid>? among) => Changed(state =>
    {
        IEnumerable<int> candidates = among is null ? Enumerable.Range(0, state.Count) : IndexesOf(state, among);
        int[] deleted = [.. candidates.Where(index => (state.FlagsAt(index).System & SystemFlags.Deleted) != 0)];
        return Expunger.Remove(_files, _finder, state, deleted, mustBeDeleted: true);
    });

    /// <summary>Copies messages, all or none, with flags, keywords by name and internal date. Durable on return.</summary>
    /// <remarks>Keywords for which the destination has no letter left are not copied.</remarks>
    /// <exception cref="StoreException"><see cref="StoreError.NonExistent"/>: there is no destination (<c>TRYCREATE</c>).</exception>
    public CopyResult Copy(IReadOnlyList<Uid> uids, MailboxName to)
    {
        try
        {
            using MailboxFiles destination = MailboxFiles.Open(_files.Tree, to);
            using var copier = new Copier(_finder, destination);
            return copier.Copy(State, uids);
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }

    /// <summary>Copies messages and then removes them here (RFC 9051 §6.4.8). Durable on return.</summary>
    /// <remarks>
    /// The two locks are never held together. A crash between copying and removing leaves messages in both mailboxes, never
    /// in none; so does a removal that fails.
    /// </remarks>
    /// <exception cref="StoreException">As for <see cref="Copy"/>; <see cref="StoreError.ReadOnly"/>.</exception>
    public CopyResult Move(IReadOnlyList<Uid> uids, MailboxName to)
    {
        ThrowIfReadOnly();
        CopyResult copied = Copy(uids, to);
        if (copied.From.Count > 0)
        {
            Changed(state => Expunger.Remove(_files, _finder, state, [.. IndexesOf(state, copied.From)], mustBeDeleted: false));
        }

        return copied;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _watch?.Dispose();
        Cache.Dispose();
        _files.Dispose();
    }

    private static IEnumerable<int> IndexesOf(MailboxState state, IReadOnlyList<Uid> uids) =>
        uids.Select(state.IndexOf).Where(static index => index >= 0).Distinct();

    private static void ThrowUnlessThere(Errno error)
    {
        if (error == Errno.ENOENT)
        {
            throw new StoreException(StoreError.ExpungeIssued, "The message is gone");
        }

        if (error is Errno.ELOOP or Errno.ENXIO)
        {
            throw new StoreException(StoreError.Cannot, "Something that is no message is in the message's place");
        }

        if (error != Errno.None)
        {
            throw new UnixException("open", "message", error);
        }
    }

    private int Find(Uid uid) =>
        State.IndexOf(uid) is >= 0 and var index ? index : throw new StoreException(StoreError.ExpungeIssued, "The message is gone");

    private void ThrowIfReadOnly()
    {
        if (IsReadOnly)
        {
            throw new StoreException(StoreError.ReadOnly, "The mailbox was opened read-only");
        }
    }

    private MailboxState Changed(Func<MailboxState, MailboxState> change)
    {
        ThrowIfReadOnly();
        try
        {
            using MailboxLock held = _files.Lock();
            return _look.Accept(change(_look.LookLocked()));
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }
}
