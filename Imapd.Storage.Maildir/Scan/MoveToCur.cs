using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Moves messages that a session sees for the first time from <c>new/</c> to <c>cur/</c>.</summary>
internal static class MoveToCur
{
    /// <summary>Moves them. The caller holds the mailbox's lock.</summary>
    /// <remarks>
    /// Not waited for on the disk. Power fails: some are in <c>cur/</c>, the others in <c>new/</c> and recent once more; each
    /// is whole and keeps its UID.
    /// </remarks>
    /// <param name="changes">What the look has found; the moves are added to it.</param>
    /// <param name="rename">Renames a file from <c>new/</c> to <c>cur/</c>: the old name and the new one.</param>
    /// <param name="isRefused">Whether the file system has refused it once: then it is not tried again.</param>
    /// <returns>The messages that were moved, ascending.</returns>
    public static List<uint> Run(IndexChanges changes, Func<string, string, Errno> rename, ref bool isRefused)
    {
        IndexView view = changes.Count == 0 ? changes.Before : changes.Before.Apply(changes);
        uint left = isRefused ? 0 : view.Summary.InNew;
        var moved = new List<uint>();

        // Most of them have come last.
        for (int place = view.Count - 1; place >= 0 && left > 0; place--)
        {
            IndexRecord record = view.RecordAt(place);
            if (!record.IsInNew)
            {
                continue;
            }

            left--;
            string name = view.NameAt(place);
            string seen = name.Contains(':', StringComparison.Ordinal) ? name : name + ":2,";
            Errno error = rename(name, seen);
            if (error == Errno.ENAMETOOLONG)
            {
                seen = name;
                error = rename(name, seen);
            }

            if (error == Errno.None)
            {
                changes.Change(record.Uid, record.Flags, record.Letters, false, record.ModSeq, seen);
                moved.Add(record.Uid);
            }
            else
            {
                // Otherwise it stays where it is, new for the next session too; or another program was faster.
                isRefused |= error is not Errno.ENOENT;
            }
        }

        moved.Reverse();
        return moved;
    }
}
