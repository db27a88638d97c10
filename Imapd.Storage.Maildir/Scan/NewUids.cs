using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>UIDs given to messages by adding lines to the UID list, without reading all of it.</summary>
/// <param name="Lines">The lines added, in the order of the names; none when the disk is full.</param>
/// <param name="Written">The list's stamp afterwards; null when nothing was written.</param>
internal sealed record NewUids(List<UidLine> Lines, FileStamp? Written)
{
    /// <summary>Gives UIDs to messages. The mailbox's lock and the dotlock are held. Durable on return.</summary>
    /// <remarks>
    /// Until the list is on the disk no client is told of these UIDs. On a full disk, messages without UIDs stay out of
    /// sight: the user must be able to open the mailbox to make room.
    /// </remarks>
    /// <param name="files">The mailbox.</param>
    /// <param name="index">Its index.</param>
    /// <param name="known">What the list looked like when the index knew all of it.</param>
    /// <param name="names">The messages' names, in the order in which they get UIDs.</param>
    /// <returns>Null when the list is another now or cannot grow: it has to be read.</returns>
    public static NewUids? TryGive(MailboxFiles files, IndexView index, FileStamp known, IReadOnlyList<string> names)
    {
        if (FileStamp.Of(files.Directory, UidListFile.FileName) != known
            || UidListFile.ReadEnds(files.Directory) is not { } list
            || list.UidValidity != index.Identity.UidValidity)
        {
            return null;
        }

        uint nextUid = Math.Max(list.NextUid, index.Summary.NextUid);
        var lines = new List<UidLine>(names.Count);
        try
        {
            foreach (string name in names)
            {
                lines.Add(new UidLine(UidSupply.Take(ref nextUid), UidLine.NoFields, name));
            }

            return new NewUids(lines, UidListFile.Append(files.Directory, lines));
        }
        catch (Exception error) when (CanWait(error))
        {
            return new NewUids([], null);
        }
    }

    /// <summary>Whether messages stay without UIDs for now, and the rest is served: the disk is full, or no UIDs are left.</summary>
    public static bool CanWait(Exception error) =>
        error is UnixException { Errno: Errno.ENOSPC or Errno.EDQUOT } or StoreException { Error: StoreError.Limit };
}
