using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>
/// Finds what is different in a mailbox from its index, for one look: of what the kernel told, or by listing the directories.
/// Messages that arrived get their UIDs.
/// </summary>
/// <param name="files">The mailbox.</param>
/// <param name="watch">What tells of it; null when nothing does.</param>
/// <param name="isLocked">Whether the mailbox's lock is held: without it nobody gets a UID.</param>
/// <param name="mayOrder">Whether files may be renamed or removed to put an end to odd ones.</param>
/// <param name="apart">Messages that are not to be seen yet; null when there are none. The next look has to list again.</param>
internal sealed class MailboxDifference(
    MailboxFiles files, MailboxWatch? watch, bool isLocked, bool mayOrder, IReadOnlySet<string>? apart)
{
    /// <summary>The names that were taken away and brought meanwhile.</summary>
    public OwnRenames Own { get; } = new();

    /// <summary>The UID list's stamp when it was written; null when that was not necessary.</summary>
    public FileStamp? Written { get; private set; }

    /// <summary>After a listing: whether there are no files left that ought to be renamed or removed, but might not be.</summary>
    public bool IsInOrder { get; private set; } = true;

    /// <summary>Whether messages were found that got no UID because the disk is full: the next listing finds them.</summary>
    public bool LacksUids { get; private set; } = apart is not null;

    /// <summary>What is different by what the kernel told.</summary>
    /// <param name="view">The index.</param>
    /// <param name="told">What was told since it was right.</param>
    /// <param name="list">What the UID list looks like; it says what the index says.</param>
    /// <returns>Null when that is not enough, and the directories have to be listed.</returns>
    public IndexChanges? Follow(IndexView view, WatchedChanges told, FileStamp list)
    {
        var delta = new WatchedDelta(files, view);
        if (!delta.TryFind(told))
        {
            return null;
        }

        if (delta.Arrived.Count == 0)
        {
            return delta.Changes;
        }

        if (!isLocked || apart is not null)
        {
            return null;
        }

        using DotLock held = DotLock.Take(files.Directory, files.Options);
        if (NewUids.TryGive(files, view, list, [.. delta.Arrived.Select(static message => message.Name)]) is not { } given)
        {
            return null;
        }

        ulong modSeq = view.NextModSeq();
        for (int i = 0; i < given.Lines.Count; i++)
        {
            (string name, bool isInNew) = delta.Arrived[i];
            delta.Changes.Add(MessageRecord.Of(given.Lines[i].Uid, name, isInNew, modSeq), name);
        }

        delta.Changes.UidListLines += (uint)given.Lines.Count;
        Written = given.Written;
        watch?.ForgetUidList();
        LacksUids = given.Lines.Count < delta.Arrived.Count;
        return delta.Changes;
    }

    /// <summary>What was listed, when more is different from the index than is written down one by one; to be disposed of.</summary>
    public ListedMailbox? Whole { get; private set; }

    /// <summary>What is different by the directories' listing; all there is, on top of an empty index, without one.</summary>
    /// <param name="view">The index; null when there is none.</param>
    /// <param name="session">What the session was shown last; null at first.</param>
    /// <param name="knownList">What the UID list looks like if it says what the index says; the default when it must be read.</param>
    /// <returns>Null when it is <see cref="Whole"/>.</returns>
    public IndexChanges? List(IndexView? view, MailboxState? session, FileStamp knownList)
    {
        ListedMailbox? listed = isLocked && apart is null ? ListedMailbox.TryRun(files, view, session, knownList, mayOrder) : null;
        if (listed is null)
        {
            var scan = new MailboxScan(files, view, session, isLocked, mayOrder, apart);
            scan.Run(knownList);
            Note(scan.IsDisturbed, scan.IsInOrder, scan.LacksUids, scan.Written);
            return scan.Changes;
        }

        try
        {
            Note(listed.IsDisturbed, listed.IsInOrder, listed.HasNameless, listed.Written);
            IndexChanges? changes = view is null ? null : listed.Changes(IndexFile.MostChanges(view));
            Whole = changes is null ? listed : null;
            return changes;
        }
        finally
        {
            if (Whole is null)
            {
                listed.Dispose();
            }
        }
    }

    private void Note(bool isDisturbed, bool isInOrder, bool lacksUids, FileStamp? written)
    {
        if (isDisturbed)
        {
            Own.Disturb();
        }

        IsInOrder = isInOrder;
        LacksUids |= lacksUids;
        if (written is { } stamp)
        {
            Written = stamp;
            watch?.ForgetUidList();
        }
    }
}
