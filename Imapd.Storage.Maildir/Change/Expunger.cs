using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Removes messages (RFC 9051 §6.4.3, §6.4.9).</summary>
internal static class Expunger
{
    private const int MaxRounds = 4;

    /// <summary>Removes messages. When this returns, their going survives a power failure.</summary>
    /// <remarks>
    /// Lines in the UID list stay until it is written anew: a line without a file means nothing. Power fails after step
    ///   1: some of the messages are gone, the others as they were; no client was told of any;
    ///   2: all are gone for certain;
    ///   3: as 2; if the index was not on the disk yet, the next look lists the directories.
    /// </remarks>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="uids">Which; those that are gone already are passed over.</param>
    /// <param name="mustBeDeleted">Whether a message without <c>\Deleted</c> stays.</param>
    public static void Remove(LockedMailbox mailbox, IReadOnlyList<Uid> uids, bool mustBeDeleted)
    {
        for (int round = 1; uids.Count > 0; round++)
        {
            try
            {
                uids = RemoveThose(mailbox, uids, mustBeDeleted); // 1
            }
            finally
            {
                mailbox.Sync(); // 2
                mailbox.Commit(); // 3
            }

            if (uids.Count > 0)
            {
                if (round == MaxRounds)
                {
                    throw new StoreException(StoreError.InUse, "Another program keeps renaming the messages");
                }

                mailbox.LookAgain();
            }
        }
    }

    /// <summary>The messages with <c>\Deleted</c>, ascending.</summary>
    public static List<Uid> DeletedIn(IndexView view)
    {
        var deleted = new List<Uid>();
        uint left = view.Summary.Deleted;
        for (int place = 0; place < view.Count && left > 0; place++)
        {
            if ((view.FlagsAt(place, out _) & SystemFlags.Deleted) != 0)
            {
                deleted.Add(new Uid(view.UidAt(place)));
                left--;
            }
        }

        return deleted;
    }

    /// <returns>The messages whose files have other names than the index says.</returns>
    private static List<Uid> RemoveThose(LockedMailbox mailbox, IReadOnlyList<Uid> uids, bool mustBeDeleted)
    {
        var renamed = new List<Uid>();
        IndexView view = mailbox.View;
        ulong modSeq = view.NextModSeq();
        Span<byte> name = stackalloc byte[Octets.NameBuffer];
        foreach (Uid uid in uids)
        {
            int place = view.IndexOf(uid.Value);
            if (place < 0)
            {
                continue;
            }

            IndexRecord record = view.RecordAt(place);
            if (mustBeDeleted && (record.Flags & SystemFlags.Deleted) == 0)
            {
                continue;
            }

            int length = view.CopyNameAt(place, name[..^1]);
            name[length] = 0;
            Errno error = mailbox.Unlink(record.IsInNew, name[..(length + 1)]);
            switch (error)
            {
                case Errno.None:
                    mailbox.Changes.Remove(uid.Value, modSeq);
                    break;
                case Errno.ENOENT:
                    renamed.Add(uid);
                    break;
                default:
                    throw new UnixException("unlinkat", "message", error);
            }
        }

        return renamed;
    }
}
