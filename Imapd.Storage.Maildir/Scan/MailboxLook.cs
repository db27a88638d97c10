using System.Globalization;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Looks at a mailbox's directories and UID list, and makes pictures of it.</summary>
/// <param name="files">The mailbox.</param>
/// <param name="isReadOnly">Whether messages stay in <c>new/</c> and nothing is put in order.</param>
internal sealed class MailboxLook(MailboxFiles files, bool isReadOnly)
{
    private readonly bool _isRemote = FileSystemKind.IsRemote(files.Directory);
    private readonly HashSet<uint> _gone = [];
    private LookStamps _stamps;
    private MailboxIdentity _identity;
    private KeywordTable _table = KeywordTable.Empty;

    /// <summary>The newest picture; null before the first look.</summary>
    public MailboxState? State { get; private set; }

    /// <summary>Sizes in wire form.</summary>
    public WireSizes Sizes { get; } = new();

    /// <summary>Looks when something has changed, under the mailbox's lock.</summary>
    public MailboxState Look()
    {
        if (State is not null && LookStamps.Of(files).Confirm(_stamps))
        {
            return State;
        }

        MailboxLock? held = null;
        try
        {
            held = files.Lock();
        }
        catch (UnixException error) when (isReadOnly && error.Errno is Errno.EACCES or Errno.EPERM or Errno.EROFS)
        {
            // A mailbox that may only be read: what has a UID is shown, what has none yet is not.
        }

        using (held)
        {
            return Look(canWrite: held is not null, null);
        }
    }

    /// <summary>Looks when something has changed. The caller holds the mailbox's lock.</summary>
    public MailboxState LookLocked() =>
        State is not null && LookStamps.Of(files).Confirm(_stamps) ? State : Look(canWrite: true, null);

    /// <summary>Takes over a picture made by a change; the caller made the change under the mailbox's lock.</summary>
    public MailboxState Accept(MailboxState state)
    {
        if (State is not null)
        {
            NoteGone(State, state);
        }

        // The stamps are those of before the change: the next look reads the directories.
        _table = state.Table;
        return State = state;
    }

    private MailboxState Look(bool canWrite, DotLock? dotLock)
    {
        LookStamps stamps = LookStamps.Of(files).Settled(default, _isRemote);
        if (State is null || !stamps.Keywords.Confirms(_stamps.Keywords))
        {
            _table = KeywordTable.Read(files.Directory);
        }

        // When it is not read, it is the one whose messages the last picture shows.
        bool isListRead = State is null || !stamps.UidList.Confirms(_stamps.UidList) || dotLock is not null;
        UidList? list = isListRead ? UidListFile.Read(files.Directory) : null;
        FoundMessages found = FoundMessages.In(files);
        if (canWrite && !isReadOnly)
        {
            found.ResolveDoubles();
        }

        UidMatch match = UidMatch.With(found, list?.Lines ?? LinesOf(State), State, _gone);
        bool mustReplace = isListRead && (list is null || list.IsDamaged || !list.CanGrow || match.MustDropLines);
        if (canWrite && (match.Unassigned.Count > 0 || mustReplace))
        {
            if (dotLock is null)
            {
                // Once more from the beginning, now that nobody writes the list.
                using DotLock held = DotLock.Take(files.Directory, files.Options);
                return Look(canWrite, held);
            }

            list = GiveUids(list, match, mustReplace);
            stamps = (stamps with { UidList = FileStamp.Of(files.Directory, UidListFile.FileName) }).Settled(default, _isRemote);
        }

        if (isListRead)
        {
            if (list is null)
            {
                throw new StoreException(StoreError.NoPermission, "The mailbox has no list of UIDs, and none may be made");
            }

            Remember(list);
        }

        HashSet<string> moved = isReadOnly ? [] : MoveToCur(found);
        _stamps = stamps;
        MailboxState? before = State;
        State = Picture(found, match, moved);
        if (before is not null)
        {
            NoteGone(before, State);
        }

        return State;
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
                UidListFile.Replace(files.Directory, next.With(nextUid, [.. match.KeptLines().Select(WithSize), .. lines]));
            }
            else
            {
                UidListFile.Append(files.Directory, lines);
            }

            next.NextUid = nextUid;
        }
        catch (UnixException error) when (list is not null && error.Errno is Errno.ENOSPC or Errno.EDQUOT)
        {
            match.TakeBack();
        }

        return next;
    }

    // A size that had to be counted is worth keeping where Dovecot keeps it, when the list is written anyway.
    private UidLine WithSize(UidLine line) =>
        line.WireOctets < 0 && MessageName.Sizes(line.Name).Wire < 0 && Sizes.FindCounted(line.Uid) is >= 0 and var octets
            ? line with { Fields = string.Create(CultureInfo.InvariantCulture, $"{line.Fields}W{octets} ") }
            : line;

    /// <summary>The list of a mailbox that has none: when it vanished while a session had the mailbox open, the same again.</summary>
    private UidList NewList() => State is null
        ? UidList.New(UidValidityFile.Next(files.Tree.Directory, new Patience(files.Options.LockWaitSeconds)))
        : new UidList
        {
            UidValidity = _identity.UidValidity,
            NextUid = _identity.NextUid,
            MailboxId = _identity.MailboxId,
            Lines = LinesOf(State),
        };

    private void Remember(UidList list)
    {
        if (State is not null && list.UidValidity != _identity.UidValidity)
        {
            throw new StoreException(StoreError.NonExistent, "The mailbox was replaced by another");
        }

        _identity = new MailboxIdentity(list.UidValidity, list.NextUid, list.MailboxId ?? string.Empty);
        foreach (UidLine line in list.Lines)
        {
            if (line.WireOctets is >= 0 and var octets)
            {
                Sizes.Listed(line.Uid, octets);
            }
        }
    }

    private HashSet<string> MoveToCur(FoundMessages found)
    {
        var moved = new HashSet<string>(BaseNameComparer.Instance);
        for (int place = 0; place < found.Names.Count; place++)
        {
            if (!found.IsInNew[place])
            {
                continue;
            }

            string name = found.Names[place];
            string seen = name.Contains(':', StringComparison.Ordinal) ? name : name + ":2,";
            Errno error = files.New.TryRenameNew(name, files.Cur, seen);
            if (error == Errno.ENAMETOOLONG)
            {
                seen = name;
                error = files.New.TryRenameNew(name, files.Cur, seen);
            }

            // Otherwise it stays where it is, new for the next session too.
            if (error == Errno.None)
            {
                found.Names[place] = seen;
                found.IsInNew[place] = false;
                moved.Add(seen);
            }
        }

        return moved;
    }

    private MailboxState Picture(FoundMessages found, UidMatch match, HashSet<string> moved)
    {
        var builder = new StateBuilder(State, _identity, _table, found.Names.Count);
        foreach ((uint uid, int place) in match.Assigned())
        {
            string name = found.Names[place];
            int old = State?.IndexOf(new(uid)) ?? -1;
            bool isRecent = found.IsInNew[place] || moved.Contains(name) || (old >= 0 && State!.IsRecentAt(old));
            builder.Add(uid, name, found.IsInNew[place], isRecent);
        }

        return builder.Build();
    }

    // A UID that was told to be gone is not used again, even if the same file should come back.
    private void NoteGone(MailboxState before, MailboxState after)
    {
        for (int i = 0; i < before.Count && !ReferenceEquals(before, after); i++)
        {
            if (after.IndexOf(before.UidAt(i)) < 0)
            {
                _gone.Add(before.UidAt(i).Value);
                Sizes.Forget(before.UidAt(i).Value);
            }
        }
    }

    private static List<UidLine> LinesOf(MailboxState? state)
    {
        var lines = new List<UidLine>(state?.Count ?? 0);
        for (int i = 0; i < state?.Count; i++)
        {
            lines.Add(new UidLine(state.UidAt(i).Value, UidLine.NoFields, state.Files.Names[i]));
        }

        return lines;
    }
}
