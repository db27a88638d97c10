using System.Text;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Watch;

/// <summary>Learns from the kernel what happens in a mailbox.</summary>
/// <remarks>
/// Events tell the names that came and went, so that the directories need not be listed; whatever was lost of them, or is
/// odd, is found by listing. Our own changes are reported too: who makes them strikes them out.
/// </remarks>
internal sealed class MailboxWatch : IDisposable
{
    private const uint Messages = InotifyHandle.Create | InotifyHandle.MovedTo | InotifyHandle.MovedFrom | InotifyHandle.Delete
        | InotifyHandle.DeleteSelf | InotifyHandle.MoveSelf;

    // The lists and the index grow in place, are replaced, or vanish.
    private const uint Lists = InotifyHandle.MovedTo | InotifyHandle.Modify | InotifyHandle.Delete | InotifyHandle.MovedFrom
        | InotifyHandle.DeleteSelf | InotifyHandle.MoveSelf;

    private readonly Inotify _inotify;
    private readonly MailboxFiles _files;
    private readonly List<int> _watches = new(3);
    private readonly HashSet<uint> _halfMoves = [];
    private WatchedChanges _told = new();
    private bool _isBroken;
    private OwnRenames? _own;

    private MailboxWatch(Inotify inotify, MailboxFiles files)
    {
        _inotify = inotify;
        _files = files;
    }

    /// <summary>To be polled for reading; the descriptor is that of all mailboxes of the store.</summary>
    public int Descriptor => _inotify.Descriptor;

    /// <summary>Whether something was read from the kernel that nobody has taken; the descriptor does not tell of it again.</summary>
    public bool HasUntold
    {
        get
        {
            lock (_inotify.Gate)
            {
                return !_told.IsEmpty;
            }
        }
    }

    /// <summary>Begins to watch a mailbox; null when the kernel grants no instance or no watch.</summary>
    public static MailboxWatch? TryBegin(MailboxFiles files)
    {
        var watch = new MailboxWatch(files.Tree.Inotify, files);
        string path = files.Path;
        if (watch.TryAdd(path + "/new", Messages, WatchedPart.New, files.New)
            && watch.TryAdd(path + "/cur", Messages, WatchedPart.Cur, files.Cur)
            && watch.TryAdd(path, Lists, WatchedPart.Mailbox, files.Directory))
        {
            return watch;
        }

        watch.Dispose();
        return null;
    }

    /// <summary>Reads what the kernel has to tell, and keeps it for <see cref="Take"/>.</summary>
    public void Drain()
    {
        lock (_inotify.Gate)
        {
            _inotify.Read();
        }
    }

    /// <summary>All that was told since the last time; null when it was nothing that matters.</summary>
    /// <remarks>
    /// A rename is two events, and the second may come a moment after the first. A message is not to be taken for gone in
    /// that moment: the kernel holds the directory's lock until both are told, so waiting for that lock is enough.
    /// </remarks>
    /// <param name="own">What the caller did itself: it is struck out there, and not told.</param>
    public WatchedChanges? Take(OwnRenames? own = null)
    {
        lock (_inotify.Gate)
        {
            _own = own;
            _inotify.Read();
            if (_halfMoves.Count > 0)
            {
                WaitForRenames(_files.New);
                WaitForRenames(_files.Cur);
                _inotify.Read();
                _halfMoves.Clear();
            }

            _own = null;
            if (_isBroken)
            {
                _told.Lose();
            }

            if (_told.IsEmpty)
            {
                return null;
            }

            WatchedChanges told = _told;
            _told = new WatchedChanges();
            return told;
        }
    }

    /// <summary>Puts back what <see cref="Take"/> gave and nobody has dealt with.</summary>
    public void Return(WatchedChanges untreated)
    {
        lock (_inotify.Gate)
        {
            untreated.Add(_told);
            _told = untreated;
        }
    }

    /// <summary>The index was written by us, under the mailbox's lock that is still held: that is no news.</summary>
    public void ForgetIndex()
    {
        lock (_inotify.Gate)
        {
            _inotify.Read();
            _told.IsIndexTouched = false;
        }
    }

    /// <summary>The UID list was written by us, under the dotlock that is still held: that is no news.</summary>
    public void ForgetUidList()
    {
        lock (_inotify.Gate)
        {
            _inotify.Read();
            _told.IsUidListTouched = false;
        }
    }

    /// <summary>Called by the instance for each event.</summary>
    public void Note(WatchedPart part, uint mask, uint cookie, ReadOnlySpan<byte> name)
    {
        if (part != WatchedPart.Mailbox && _own is not null && WatchedChanges.IsOfMessage(mask, out bool isThere)
            && _own.TryStrike(part == WatchedPart.New, name, isThere))
        {
            _told.Forget(part == WatchedPart.New, name);
            return;
        }

        if ((mask & InotifyHandle.MovedFrom) != 0 && part != WatchedPart.Mailbox)
        {
            _halfMoves.Add(cookie);
        }
        else if ((mask & InotifyHandle.MovedTo) != 0)
        {
            _halfMoves.Remove(cookie);
        }

        _isBroken |= (mask & InotifyHandle.Ignored) != 0;
        _told.Note(part, mask, Encoding.Latin1.GetString(name));
    }

    /// <summary>Called by the instance when events were lost.</summary>
    public void Lose() => _told.Lose();

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (int watch in _watches)
        {
            _inotify.Remove(watch, this);
        }

        _watches.Clear();
    }

    private static void WaitForRenames(DirectoryHandle directory)
    {
        Span<byte> entries = stackalloc byte[512];
        directory.Rewind();
        directory.ReadEntries(entries);
    }

    // The kernel takes paths only: what the path leads to must be what is open.
    private bool TryAdd(string path, uint mask, WatchedPart part, DirectoryHandle directory)
    {
        int watch = _inotify.TryAdd(path, mask, this, part);
        if (watch < 0)
        {
            return false;
        }

        _watches.Add(watch);
        FileStat open = directory.Stat();
        return directory.TryStat(path, true, out FileStat there) == Errno.None
            && there.Inode == open.Inode && there.Device == open.Device;
    }
}
