using System.Text;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>
/// Lists a mailbox's directories, and says what is different from its index, where the UID list has to be put in order, is
/// Courier's, or nobody may give UIDs: what <see cref="ListedMailbox"/> does not do, with an object for each message.
/// </summary>
/// <param name="files">The mailbox.</param>
/// <param name="index">The index so far; null when there is none.</param>
/// <param name="session">What the session was shown last; null at first.</param>
/// <param name="isLocked">Whether the mailbox's lock is held: without it nobody gets a UID.</param>
/// <param name="mayOrder">Whether files may be renamed or removed to put an end to odd ones.</param>
/// <param name="apart">Messages that are not to be seen yet; null when there are none.</param>
internal sealed class MailboxScan(
    MailboxFiles files, IndexView? index, MailboxState? session, bool isLocked, bool mayOrder, IReadOnlySet<string>? apart)
{
    // How often a list is read that is being written, and the pause before it is read again.
    private const int MaxRounds = 4;
    private const int PauseMilliseconds = 2;

    private readonly KnownMessages _known = new(index, session);
    private readonly bool _hadIndex = index is not null;
    private IndexView? _index = index;
    private int _appended;

    /// <summary>What is different; on top of an empty index when there was none.</summary>
    public IndexChanges Changes { get; private set; } = null!;

    /// <summary>The UID list's stamp when it was written; null when that was not necessary.</summary>
    public FileStamp? Written { get; private set; }

    /// <summary>Whether files were renamed or removed, so that the directories are others than when they were listed.</summary>
    public bool IsDisturbed { get; private set; }

    /// <summary>Whether there are no files left that ought to be renamed or removed, but might not be.</summary>
    public bool IsInOrder { get; private set; } = true;

    /// <summary>Whether messages were found that got no UID because the disk is full.</summary>
    public bool LacksUids { get; private set; }

    /// <summary>Scans.</summary>
    /// <param name="knownList">What the UID list looks like if it says what the index says; the default when it must be read.</param>
    public void Run(FileStamp knownList) => Run(_index is null ? default : knownList, null);

    private void Run(FileStamp knownList, DotLock? dotLock)
    {
        bool isListRead = !knownList.IsKnown;
        UidList? list = isListRead ? ReadList() : null;
        if (isLocked && mayOrder)
        {
            IsDisturbed |= OddFiles.PutInOrder(files);
        }

        FoundMessages found = FoundMessages.In(files, apart);
        IsInOrder = found.IsInOrder;

        UidMatch match = isListRead ? UidMatch.With(found, list?.Lines ?? LinesOf(_index ?? session?.View), _known) : UidMatch.With(found, _index!);
        bool mustReplace = isListRead && (list is null || list.IsDamaged || !list.CanGrow || match.MustDropLines);
        bool mustWrite = match.Unassigned.Count > 0 || mustReplace;
        if (mustWrite && isLocked && dotLock is null)
        {
            using DotLock held = DotLock.Take(files.Directory, files.Options);
            if (isListRead || !TryAppend(found, match, knownList))
            {
                // Once more from the beginning, now that nobody writes the list.
                Run(default, held);
                return;
            }
        }
        else if (mustWrite && isLocked)
        {
            list = GiveUids(list, match, mustReplace);
        }

        if (isListRead && list is null)
        {
            throw new StoreException(StoreError.NoPermission, "The mailbox has no list of UIDs, and none may be made");
        }

        Compare(found, match, list);
    }

    private bool TryAppend(FoundMessages found, UidMatch match, FileStamp knownList)
    {
        if (NewUids.TryGive(files, _index!, knownList, [.. match.Unassigned.Select(place => found.Names[place])]) is not { } given)
        {
            return false;
        }

        match.Assign(given.Lines);
        _appended = given.Lines.Count;
        LacksUids = _appended < match.Unassigned.Count;
        Written = given.Written;
        return true;
    }

    /// <summary>Reads the UID list. What a damaged one has lost is put in again from the index.</summary>
    private UidList? ReadList()
    {
        UidList? list = ReadWhole();
        if (list is null)
        {
            if (_index is not null && UidListFile.IsThere(files.Directory))
            {
                UidList salvaged = UidList.Salvaged(_index.Identity, LinesOf(_index));
                salvaged.NextUid = isLocked ? salvaged.NextUid : _index.Summary.NextUid;
                return salvaged;
            }

            // When the file is gone, the index alone does not keep a UIDVALIDITY: only a session that has told it does.
            _index = session is null ? null : _index;
            return null;
        }

        if (!UidListHeader.Mend(list, _index))
        {
            _index = null;
        }

        if (session is not null && list.UidValidity != session.UidValidity.Value)
        {
            throw new StoreException(StoreError.NonExistent, "The mailbox was replaced by another");
        }

        if (_index is not null)
        {
            if (list.IsDamaged)
            {
                list.Lines = Merged(list.Lines, LinesOf(_index));
            }

            list.NextUid = Math.Max(list.NextUid, _index.Summary.NextUid);
        }

        return list;
    }

    /// <summary>Reads the list; without the lock, what looks like damage may be what somebody is just writing.</summary>
    /// <remarks>No UID is given without the lock, so none has to be left out: those that are being written must not look old.</remarks>
    private UidList? ReadWhole()
    {
        UidList? list = UidListFile.Read(files.Directory);
        for (int round = 1; !isLocked && list is { IsDamaged: true } && round < MaxRounds; round++)
        {
            Thread.Sleep(PauseMilliseconds);
            list = UidListFile.Read(files.Directory);
        }

        if (!isLocked && list is { IsDamaged: true })
        {
            list.NextUid = list.NextUidRead;
        }

        return list;
    }

    private static List<UidLine> Merged(List<UidLine> lines, List<UidLine> lost)
    {
        var uids = lines.Select(static line => line.Uid).ToHashSet();
        var names = lines.Select(static line => line.Name).ToHashSet(BaseNameComparer.Instance);
        return [.. lines.Concat(lost.Where(line => !uids.Contains(line.Uid) && !names.Contains(line.Name))).OrderBy(static line => line.Uid)];
    }

    /// <summary>Gives UIDs to messages that have none, by the time of their delivery. Mailbox lock and dotlock are held.</summary>
    /// <remarks>
    /// Until the list is on the disk no client is told of these UIDs. On a full disk, messages without UIDs stay out of
    /// sight: the user must be able to open the mailbox to make room.
    /// </remarks>
    private UidList GiveUids(UidList? list, UidMatch match, bool mustReplace)
    {
        UidList next = list ?? NewList();
        uint nextUid = next.NextUid;
        try
        {
            List<UidLine> lines = match.Assign(ref nextUid);
            if (mustReplace)
            {
                List<UidLine> kept = [.. match.KeptLines(), .. lines];
                LogLoss(list, next, nextUid);
                Written = UidListFile.Replace(files.Directory, next.With(nextUid, kept));
                next.Lines = kept;
            }
            else
            {
                Written = UidListFile.Append(files.Directory, lines);
                next.Lines.AddRange(lines);
            }

            next.NextUid = nextUid;
        }
        catch (Exception error) when (list is not null && NewUids.CanWait(error))
        {
            match.TakeBack();
            LacksUids = match.Unassigned.Count > 0;
        }

        return next;
    }

    private void LogLoss(UidList? list, UidList next, uint nextUid)
    {
        if (list is { IsDamaged: true })
        {
            files.Options.Log?.Invoke($"{files.Path}/{UidListFile.FileName}: it is damaged; what can be read is kept, UIDVALIDITY is {next.UidValidity}, and the next UID is {nextUid}");
        }
        else if (list is null && (_hadIndex || UidListFile.ReadText(files.Directory) is not null))
        {
            files.Options.Log?.Invoke($"{files.Path}/{UidListFile.FileName}: it is lost; UIDVALIDITY is {next.UidValidity} now");
        }
    }

    /// <summary>The list of a mailbox that has none: when it vanished while a session had the mailbox open, the same again.</summary>
    private UidList NewList() => session is null
        ? UidList.New(UidValidityFile.Next(files.Tree.Directory, new Patience(files.Options.LockWaitSeconds)))
        : new UidList
        {
            UidValidity = session.UidValidity.Value,
            NextUid = Math.Max(session.UidNext.Value, _index?.Summary.NextUid ?? 0),
            MailboxId = session.MailboxId,
            Lines = LinesOf(_index ?? session.View),
        };

    private void Compare(FoundMessages found, UidMatch match, UidList? list)
    {
        IndexView before = _index ?? Empty(list!);
        var changes = new IndexChanges(before);
        ulong modSeq = before.NextModSeq();
        Dictionary<uint, long>? listed = list?.Lines.Where(static line => line.WireOctets >= 0)
            .DistinctBy(static line => line.Uid).ToDictionary(static line => line.Uid, static line => line.WireOctets);
        int at = 0;
        Span<byte> name = stackalloc byte[Octets.NameBuffer];
        foreach ((uint uid, int place) in match.Assigned())
        {
            for (; at < before.Count && before.UidAt(at) < uid; at++)
            {
                changes.Remove(before.UidAt(at), modSeq);
            }

            if (at < before.Count && before.UidAt(at) == uid)
            {
                IndexRecord record = before.RecordAt(at);
                ReadOnlySpan<byte> known = name[..before.CopyNameAt(at, name)];
                if (record.IsInNew != found.IsInNew[place] || !IsSame(known, found.Names[place]))
                {
                    MessageRecord.Rename(changes, record, found.Names[place], found.IsInNew[place], modSeq);
                }

                at++;
                continue;
            }

            IndexRecord added = MessageRecord.Of(uid, found.Names[place], found.IsInNew[place], modSeq);
            if (added.WireOctets < 0 && listed is not null && listed.TryGetValue(uid, out long octets))
            {
                added.WireOctets = octets;
            }

            changes.Add(added, found.Names[place]);
        }

        for (; at < before.Count; at++)
        {
            changes.Remove(before.UidAt(at), modSeq);
        }

        if (list is not null)
        {
            changes.NextUid = Math.Max(changes.NextUid, list.NextUid);
            changes.UidListLines = (uint)list.Lines.Count;
        }

        changes.UidListLines += (uint)_appended;

        Changes = changes;
    }

    // Clients that knew an earlier index are told everything anew: no mod-sequence of theirs is above this floor.
    private IndexView Empty(UidList list) => IndexView.Empty(
        new MailboxIdentity(list.UidValidity, list.NextUid, list.MailboxId ?? string.Empty),
        Math.Max(
            (ulong)Math.Max((DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond, 1),
            session?.HighestModSeq.Value ?? 0));

    private static bool IsSame(ReadOnlySpan<byte> octets, string name)
    {
        if (octets.Length != name.Length)
        {
            return false;
        }

        Span<byte> other = stackalloc byte[Octets.NameBuffer];
        return octets.SequenceEqual(other[..Encoding.Latin1.GetBytes(name, other)]);
    }

    private static List<UidLine> LinesOf(IndexView? view)
    {
        var lines = new List<UidLine>(view?.Count ?? 0);
        for (int place = 0; place < view?.Count; place++)
        {
            lines.Add(new UidLine(view.UidAt(place), UidLine.NoFields, view.NameAt(place)));
        }

        return lines;
    }
}
