using Imapd.Storage.Maildir.Change;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Looks at a mailbox for one session: reads its index, and brings it up to date with the directories.</summary>
/// <remarks>
/// Three ways, each dearer than the one before. Nothing was told by the kernel: nothing is done. The stamps in the index are
/// those of now: somebody else has looked already, and what he wrote is read, without a lock. Otherwise, under the
/// mailbox's lock, the difference is made of what the kernel told or, where that is not enough, by listing the directories.
/// </remarks>
internal sealed class MailboxLook : IDisposable
{
    /// <summary>After names of so many octets what the kernel told of them is read: its queue holds some 16 000 events.</summary>
    private const int OctetsPerRead = 32 * 1024;

    private readonly bool _isRemote;
    private readonly MailboxWatch? _watch;
    private readonly SessionIndex _index;
    private readonly KeywordFile _keywords;
    private RecentUids _recent = RecentUids.None;
    private MailboxState? _state;
    private bool _isFollowed;
    private bool _mustScan;
    private bool _cannotMove;
    private bool _isKeywordLossTold;

    // Files that a session that may write has to give other names: no stamp is to keep it from finding them.
    private bool _isInOrder = true;

    // Messages that got no UID, because the disk was full: the next look tries again.
    private bool _lacksUids;

    // What the UID list looked like when the view had all of it.
    private FileStamp _list;

    /// <summary>Prepares to look.</summary>
    /// <param name="files">The mailbox; disposed of with this.</param>
    /// <param name="isReadOnly">Whether messages stay in <c>new/</c> and nothing is put in order.</param>
    /// <param name="isWatched">Whether to follow what happens in it.</param>
    public MailboxLook(MailboxFiles files, bool isReadOnly, bool isWatched)
    {
        Files = files;
        IsReadOnly = isReadOnly;
        _isRemote = FileSystemKind.IsRemote(files.Directory);
        _keywords = new KeywordFile(files.Directory, _isRemote);
        _index = new SessionIndex(files, _isRemote);

        // Before the first look: what happens after it must not be missed.
        _watch = isWatched ? MailboxWatch.TryBegin(files) : null;
    }

    /// <summary>The mailbox.</summary>
    public MailboxFiles Files { get; }

    /// <summary>Whether messages stay in <c>new/</c> and nothing is put in order; also when the file system permits nothing else.</summary>
    public bool IsReadOnly { get; private set; }

    /// <summary>Why the file system permits nothing else; <see cref="Errno.None"/> when it does.</summary>
    public Errno ReadOnlyReason { get; private set; }

    /// <summary>What the index shows since the newest look.</summary>
    public IndexView View => _index.View;

    /// <summary>The keyword table.</summary>
    public KeywordTable Keywords => _keywords.Table;

    /// <summary>The picture the session was given last.</summary>
    public MailboxState State => _state!;

    /// <summary>A descriptor to poll(2); -1 when the kernel tells nothing of this mailbox.</summary>
    public int WatchDescriptor => _watch is null || _isRemote ? -1 : _watch.Descriptor;

    /// <summary>Whether a look has failed or could not finish, so that the next one has to list the directories.</summary>
    public bool MustList => _mustScan;

    /// <summary>Whether the kernel has told, and was read, of something that no look has dealt with.</summary>
    public bool HasUntold => _watch is { HasUntold: true };

    /// <summary>Whether the UID list is as the view knows it. To be asked under the dotlock.</summary>
    public bool IsListKnown => FileStamp.Of(Files.Directory, UidListFile.FileName) == _list;

    /// <summary>Reads what the kernel has to tell, and keeps it for the next look.</summary>
    public void Drain() => _watch?.Drain();

    /// <summary>Brings <see cref="View"/> up to date, and makes a picture of it.</summary>
    /// <returns>The same instance as before when nothing has changed that a client could see.</returns>
    public MailboxState Look()
    {
        Refresh();
        return Show();
    }

    /// <summary>Brings <see cref="View"/> up to date, and leaves the picture as it is.</summary>
    public void Refresh()
    {
        if (IsCurrent())
        {
            return;
        }

        MailboxLock? held = null;
        try
        {
            held = Files.Lock();
        }
        catch (UnixException error) when (error.Errno is Errno.EACCES or Errno.EPERM or Errno.EROFS)
        {
            // A mailbox that may only be read: what has a UID is shown, what has none yet is not.
            ReadOnlyReason = error.Errno;
            IsReadOnly = true;
        }

        using (held)
        {
            Sync(isLocked: held is not null);
        }
    }

    /// <summary>Finds out whether the file system permits changes; where it does not, the mailbox is only read.</summary>
    public void FindOutWhetherReadOnly()
    {
        ReadOnlyReason = WritePermission.Of(Files);
        IsReadOnly |= ReadOnlyReason != Errno.None;
    }

    /// <summary>The picture of what <see cref="View"/> shows.</summary>
    public MailboxState Show()
    {
        NoteRecent();
        if (_state is null || _state.UidNext.Value != View.Summary.NextUid || _state.Count != View.Count
            || _state.HighestModSeq.Value != View.Summary.HighestModSeq || !ReferenceEquals(_state.Table, Keywords)
            || !ReferenceEquals(_state.Recent, _recent))
        {
            _state = new MailboxState(View, Keywords, _recent);
        }

        return _state;
    }

    /// <summary>Takes the mailbox's lock for a change, and looks.</summary>
    public LockedMailbox Lock() => Looked(Files.Lock());

    /// <summary>The same without waiting.</summary>
    /// <returns>Null when somebody else holds the lock, or the mailbox may only be read.</returns>
    public LockedMailbox? TryLock() =>
        MailboxLock.TryTake(Files.Directory, MailboxLock.FileName) is { } held ? Looked(held) : null;

    private LockedMailbox Looked(MailboxLock held)
    {
        try
        {
            SyncLocked();
            return new LockedMailbox(this, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Brings <see cref="View"/> up to date. The caller holds the mailbox's lock.</summary>
    public void SyncLocked()
    {
        if (CopyIntent.IsThere(Files.Directory) || !IsCurrent())
        {
            Sync(isLocked: true);
        }
    }

    /// <summary>
    /// Writes a change down, in one frame, with stamps that hold after it. The caller holds the mailbox's lock and made the
    /// change after a look under it.
    /// </summary>
    /// <remarks>
    /// What others did between the change and the seal does not show in the stamps, but the kernel has told it: then the
    /// directory's stamp is not believed, and the next look sees to it.
    /// </remarks>
    /// <param name="changes">What is different.</param>
    /// <param name="own">The names that the change took away and brought, and those directories' new stamps.</param>
    /// <param name="written">The UID list's stamp, if the change has written it; the default if not.</param>
    public void Write(IndexChanges changes, OwnRenames own, FileStamp? written)
    {
        Stamp(changes, own, written);
        _list = written ?? _list;
        if (!changes.IsEmpty)
        {
            _index.Append(changes);
            _watch?.ForgetIndex();
        }
    }

    /// <summary>The UID list was written by us, under the dotlock that is still held: that is no news.</summary>
    public void ForgetList() => _watch?.ForgetUidList();

    /// <summary>The names in a directory are not to be relied on: the next look lists them.</summary>
    public void Distrust() => _mustScan = true;

    /// <summary>
    /// Strikes out what the session did itself from what the kernel told, once it is much, so that a change of many messages
    /// does not make it lose events of others.
    /// </summary>
    public void ReadAtTimes(OwnRenames own)
    {
        if (own.KeptOctets < OctetsPerRead)
        {
            return;
        }

        if (_watch is null)
        {
            own.Forget();
        }
        else
        {
            own.IsAllThatHappened(_watch);
        }
    }

    /// <summary>Notes a new keyword table, which was written under the dotlock.</summary>
    public void Use(KeywordTable table) => _keywords.Use(table);

    /// <summary>Notes messages that this session has moved out of <c>new/</c>.</summary>
    public void NoteRecent(IEnumerable<uint> uids) => _recent = _recent.With(uids);

    /// <summary>
    /// Writes down the stamps that were too fresh to be believed when this session looked last, so that the next one does not
    /// list the directories. For the end of a session; what cannot be had at once is left undone.
    /// </summary>
    /// <exception cref="UnixException">The mailbox cannot be looked at.</exception>
    /// <exception cref="StoreException">It was deleted, or its index is damaged.</exception>
    public void SettleStamps()
    {
        if (!_index.IsOpen || !_isFollowed || _mustScan || !_isInOrder || View.Summary.Stamps.AreKnown)
        {
            return;
        }

        using MailboxLock? held = MailboxLock.TryTake(Files.Directory, MailboxLock.FileName);
        if (held is null || !IsCurrent() || !_index.IsOpen)
        {
            return;
        }

        LookStamps now = LookStamps.Of(Files);
        LookStamps settled = now.Settled(View.Summary.Stamps, _isRemote);
        settled = settled with
        {
            New = settled.New.IsKnown || IsReadOnly ? settled.New : DirectorySeal.Put(Files.New),
            Cur = settled.Cur.IsKnown || IsReadOnly ? settled.Cur : DirectorySeal.Put(Files.Cur),
        };

        // What is told now may have happened before the stamps were taken, and would not show in them.
        if (_watch!.Take() is null)
        {
            _index.Append(new IndexChanges(View) { Stamps = settled });
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _isFollowed = false;
        _watch?.Dispose();
        _index.Dispose();
        Files.Dispose();
    }

    /// <summary>Looks without a lock.</summary>
    /// <returns>False when the directories may be others than the index says.</returns>
    private bool IsCurrent()
    {
        WatchedChanges? told = _watch?.Take();
        if (told is null && _isFollowed && !_mustScan)
        {
            return true;
        }

        try
        {
            if (IsConfirmed(told))
            {
                return true;
            }
        }
        catch
        {
            _mustScan = true;
            throw;
        }

        if (told is not null)
        {
            _watch!.Return(told);
        }

        return false;
    }

    private bool IsConfirmed(WatchedChanges? told)
    {
        bool isUnfinished = !_index.IsOpen && CopyIntent.IsThere(Files.Directory);
        if (told is { IsMailboxTouched: true } || _watch is null || _isRemote)
        {
            Files.EnsureIsThere();
        }

        if (!_mustScan && TryReadIndex() && !isUnfinished)
        {
            LookStamps now = LookStamps.Of(Files);
            _keywords.Read(now.Keywords);
            if (now.Confirm(View.Summary.Stamps) && !MustMove && _keywords.ChangedLetters == 0
                && (_isKeywordLossTold || !LostKeywords.MayBe(now, View.Summary.Stamps)))
            {
                // Everything told was told before these stamps were taken.
                _isFollowed = _watch is not null && !_isRemote;
                _list = now.UidList;
                return true;
            }
        }

        return false;
    }

    private bool MustMove => !IsReadOnly && !_cannotMove && View.Summary.InNew > 0;

    private bool TryReadIndex()
    {
        bool isUsable = _index.TryRead(_state, out bool isAnother);
        // What was told is about the one before.
        _isFollowed &= !isAnother;
        return isUsable;
    }

    /// <summary>Looks under the mailbox's lock, or without it where it may not be had.</summary>
    private void Sync(bool isLocked)
    {
        IReadOnlySet<string>? apart = isLocked ? CopyIntent.Complete(Files) : null;

        // When something fails from here on, what was told is lost, and only a listing makes up for it.
        bool mustScan = _mustScan;
        _mustScan = true;
        _lacksUids = false;
        bool wasFollowed = _isFollowed;
        bool hasIndex = TryReadIndex();
        LookStamps now = LookStamps.Of(Files);
        LookStamps trusted = hasIndex ? View.Summary.Stamps : default;

        // By the clock of now: what comes during a long listing may leave the stamps as they are.
        LookStamps settled = now.Settled(trusted, _isRemote);
        WatchedChanges? told = _watch?.Take();
        _keywords.Read(now.Keywords);
        bool isFollowed = hasIndex && wasFollowed && _isFollowed && told is not { IsIncomplete: true };
        bool isListKnown = now.UidList.Confirms(trusted.UidList) || (isFollowed && told is not { IsUidListTouched: true });
        var found = new MailboxDifference(Files, _watch, isLocked, mayOrder: !IsReadOnly, apart);
        IndexChanges? changes = null;
        if (!mustScan && hasIndex && isListKnown)
        {
            // What was told may have happened after the stamps were taken.
            bool isConfirmed = now.ConfirmDirectories(trusted)
                && (told is null || LookStamps.Of(Files).ConfirmDirectories(trusted));
            changes = isConfirmed || (isFollowed && told is null or { HasNoNames: true })
                ? new IndexChanges(View)
                : isFollowed ? found.Follow(View, told!, now.UidList) : null;
        }

        changes ??= Listed(found, hasIndex, isListKnown ? now.UidList : default);
        _lacksUids = found.LacksUids;
        _list = now.UidList;
        bool areKeywordsLost = LostKeywords.MayBe(now, trusted);
        if (changes is null)
        {
            Begin(found, settled);
            TellLostKeywords(areKeywordsLost);
            return;
        }

        changes.Stamps = _isInOrder ? settled : default;
        RenamedKeywords.Touch(_keywords.TakeChangedLetters(), changes, _state?.HighestModSeq.Value ?? 0);
        if (isLocked && !IsReadOnly)
        {
            NoteRecent(MoveToCur.Run(changes, (name, seen) => Rename(name, seen, found.Own), ref _cannotMove));
        }

        if (isLocked && _index.IsOpen && ReferenceEquals(changes.Before, View))
        {
            Write(changes, found.Own, found.Written);
        }
        else
        {
            // A first index, one of another mailbox, or one that may not be written to.
            Stamp(changes, found.Own, found.Written);
            _list = found.Written ?? _list;
            _index.Begin(changes.Before.Apply(changes), isWritable: isLocked);
            _watch?.ForgetIndex();
        }

        End(found);
        TellLostKeywords(areKeywordsLost);
    }

    private void TellLostKeywords(bool areLost)
    {
        if (areLost && !_isKeywordLossTold)
        {
            _isKeywordLossTold = true;
            LostKeywords.Tell(Files, View);
        }
    }

    // What was told until now is in the view.
    private void End(MailboxDifference found)
    {
        _mustScan = found.Own.IsDisturbed || _lacksUids;
        _isFollowed = _watch is not null && !_isRemote;
    }

    private IndexChanges? Listed(MailboxDifference found, bool hasIndex, FileStamp knownList)
    {
        IndexChanges? changes = found.List(hasIndex ? View : null, _state, knownList);
        _isInOrder = found.IsInOrder;
        if (hasIndex && !_isFollowed && changes is not null)
        {
            _index.NoteListing(changes);
        }

        return changes;
    }

    /// <summary>Makes an index anew of what was listed: the first one, or where much is different.</summary>
    private void Begin(MailboxDifference found, LookStamps settled)
    {
        using ListedMailbox listed = found.Whole!;
        if (!IsReadOnly && !_cannotMove)
        {
            _cannotMove = !listed.MoveToCur((name, seen) => Rename(name, seen, found.Own));
            NoteRecent(listed.Moved());
        }

        LookStamps stamps = Stamped(_isInOrder ? settled : default, found.Own, found.Written);
        using var rows = new ListedRows(listed, _state, _keywords.TakeChangedLetters(), stamps);
        _index.Begin(rows);
        _list = found.Written ?? _list;
        _watch?.ForgetIndex();
        End(found);
    }

    private Errno Rename(string name, string seen, OwnRenames own)
    {
        Errno error = Files.New.TryRenameNew(name, Files.Cur, seen);
        if (error == Errno.None)
        {
            own.Rename(true, name, false, seen);
            ReadAtTimes(own);
        }

        return error;
    }

    // Without a session that moves them to cur/, messages in new/ are new to everybody.
    private void NoteRecent()
    {
        if (View.Summary.InNew > 0 && !ReferenceEquals(_state?.View, View))
        {
            NoteRecent(View.UidsInNew());
        }
    }

    private void Stamp(IndexChanges changes, OwnRenames own, FileStamp? written) =>
        changes.Stamps = Stamped(changes.Stamps, own, written);

    // Only where the kernel tells what others do may a seal hide it.
    private LookStamps Stamped(LookStamps stamps, OwnRenames own, FileStamp? written)
    {
        LookStamps after = SealedStamps.After(stamps, own, Files, _isRemote ? null : _watch);
        return _lacksUids
            ? after with { New = default, Cur = default, UidList = written ?? stamps.UidList }
            : after with { UidList = written ?? stamps.UidList };
    }
}
