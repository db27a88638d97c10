using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Removes messages (RFC 9051 §6.4.3, §6.4.9).</summary>
internal static class Expunger
{
    /// <summary>
    /// Removes messages by their places. The caller holds the mailbox's lock; the picture was taken under it. When this
    /// returns, their going survives a power failure.
    /// </summary>
    /// <remarks>
    /// Lines in the UID list stay until it is written anew: a line without a file means nothing. Power fails after step
    ///   1: some of the messages are gone, the others as they were; no client was told of any;
    ///   2: all are gone for certain.
    /// </remarks>
    /// <param name="files">The mailbox.</param>
    /// <param name="finder">Finds files that other programs rename.</param>
    /// <param name="state">The picture.</param>
    /// <param name="indexes">The places.</param>
    /// <param name="mustBeDeleted">Whether a message that has lost <c>\Deleted</c> meanwhile stays.</param>
    /// <returns>The picture afterwards.</returns>
    public static MailboxState Remove(
        MailboxFiles files, MessageFinder finder, MailboxState state, IReadOnlyList<int> indexes, bool mustBeDeleted)
    {
        var gone = new HashSet<int>();
        bool isNewTouched = false;
        try
        {
            foreach (int index in indexes)
            {
                bool isSpared = false;
                Errno error = finder.Try(state, index, (part, name) =>
                {
                    isSpared = mustBeDeleted && (MessageName.Flags(name) & SystemFlags.Deleted) == 0;
                    return isSpared ? Errno.None : part.TryUnlink(name); // 1
                });
                if (error is not (Errno.None or Errno.ENOENT))
                {
                    throw new UnixException("unlinkat", "message", error);
                }

                if (!isSpared)
                {
                    gone.Add(index);
                    isNewTouched |= state.Files.IsInNew[index];
                }
            }
        }
        finally
        {
            if (gone.Count > 0)
            {
                files.Cur.Sync(); // 2
            }

            if (isNewTouched)
            {
                files.New.Sync();
            }
        }

        var builder = new StateBuilder(state, state.Identity, state.Table, state.Count);
        for (int i = 0; i < state.Count; i++)
        {
            if (!gone.Contains(i))
            {
                builder.Add(state.UidAt(i).Value, state.Files.Names[i], state.Files.IsInNew[i], state.IsRecentAt(i));
            }
        }

        return builder.Build();
    }
}
