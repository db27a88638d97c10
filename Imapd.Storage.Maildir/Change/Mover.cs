using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Moves messages from one mailbox to another, or within one (RFC 9051 §6.4.8, RFC 6851 §3.3).</summary>
/// <remarks>
/// Under the locks of both, so that of two sessions that move one message only one finds it. The file itself is renamed: at
/// every moment the message is in one of the two.
/// </remarks>
/// <param name="from">The mailbox they are moved from.</param>
/// <param name="finder">Finds files in it.</param>
/// <param name="to">The mailbox they are moved to; the same object when it is the same mailbox.</param>
/// <param name="sizes">What is to be written to the index besides.</param>
internal sealed class Mover(MailboxLook from, MessageFinder finder, MailboxLook to, LearntFacts sizes)
{
    private const int MaxRounds = 4;

    /// <summary>Moves messages, passing over those that are gone. Durable on return.</summary>
    /// <remarks>
    /// Power fails after step
    ///   1: as <see cref="Publication.Publish"/> says of its step 1;
    ///   2: some are in the one mailbox and the others in the other, each in one; the next look gives UIDs to those that have
    ///      come, and no client was told of any;
    ///   3: all are moved for certain;
    ///   4: as 3, and they have their UIDs for certain; only now may the session answer with them;
    ///   5: as 4; of an index that was not on the disk yet, the next look lists the directories.
    /// When a step fails, what was done is taken back; a message for which that fails too has moved. File systems without
    /// renameat2's flag get a link and an unlink: there, after step 2 a message may be in both. Between two file systems:
    /// <see cref="Copier.Move"/>.
    /// </remarks>
    public CopyResult Move(IReadOnlyList<Uid> uids)
    {
        if (TryMove(uids) is { } moved)
        {
            return moved;
        }

        using var copier = new Copier(from, finder, to);
        return copier.Move(uids, sizes);
    }

    // Null when the mailboxes are on two file systems.
    private CopyResult? TryMove(IReadOnlyList<Uid> uids)
    {
        using LockedPair pair = LockedPair.Lock(from, to);
        sizes.Tell(pair.From.Changes);
        for (int round = 1; ; round++)
        {
            try
            {
                CopyResult moved = MoveThose(pair, uids);
                pair.From.Commit(); // 5
                UidListTrim.TrimIfDue(pair.From);
                return moved;
            }
            catch (StoreException error) when (error.Error == StoreError.ExpungeIssued)
            {
                if (round == MaxRounds)
                {
                    throw new StoreException(StoreError.InUse, "Another program keeps renaming the messages");
                }

                pair.From.LookAgain();
            }
            catch (UnixException error) when (error.Errno == Errno.EXDEV)
            {
                return null;
            }
        }
    }

    private CopyResult MoveThose(LockedPair pair, IReadOnlyList<Uid> uids)
    {
        IndexView view = pair.From.View;
        List<Uid> moving = [.. uids.Where(uid => view.IndexOf(uid.Value) >= 0)];
        if (moving.Count == 0)
        {
            return CopyResult.Nothing;
        }

        List<Departure> departures = [.. moving.Select(uid => DepartureOf(view, uid.Value))];
        List<Arrival> arrivals = [.. departures.Select(departure => ArrivalOf(pair.From, departure))];
        var publication = new Publication(pair.To);
        AppendResult result = publication.Publish(arrivals, mustKeepKeywords: false, (places, lines) => // 1
        {
            int begun = 0;
            try
            {
                while (begun < places.Count)
                {
                    StagedMessage place = places[begun];
                    Publication.Ensure(arrivals[begun++].Place(pair.To.Files.Part(place.IsInNew), place.Name)); // 2
                }

                publication.SyncTouched(places); // 3
                pair.From.Sync();
                FileStamp written = UidListFile.Append(pair.To.Files.Directory, lines); // 4
                NoteGone(pair.From, departures);
                return written;
            }
            catch
            {
                TakeBack(pair, departures.Take(begun).Zip(places));
                throw;
            }
        });
        return new CopyResult(result.UidValidity, moving, result.Uids);
    }

    private static void NoteGone(LockedMailbox mailbox, List<Departure> departures)
    {
        ulong modSeq = mailbox.View.NextModSeq();
        foreach (Departure departure in departures)
        {
            mailbox.Changes.Remove(departure.Uid, modSeq);
        }
    }

    // Not waited for on the disk: wherever a power failure leaves a message, it is there once.
    private static void TakeBack(LockedPair pair, IEnumerable<(Departure Was, StagedMessage Is)> begun)
    {
        foreach ((Departure was, StagedMessage place) in begun)
        {
            DirectoryHandle part = pair.To.Files.Part(place.IsInNew);
            DirectoryHandle source = pair.From.Files.Part(was.IsInNew);
            if (part.TryRenameNew(place.Name, source, was.Name) == Errno.EEXIST
                && part.TryStat(place.Name, false, out FileStat there) == Errno.None
                && source.TryStat(was.Name, false, out FileStat here) == Errno.None
                && there.Inode == here.Inode && there.Device == here.Device)
            {
                // It was a link and an unlink, and the unlink has failed.
                part.TryUnlink(place.Name);
            }
        }

        pair.From.Distrust();
        pair.To.Distrust();
    }

    private static Departure DepartureOf(IndexView view, uint uid)
    {
        int place = view.IndexOf(uid);
        IndexRecord record = view.RecordAt(place);
        return new Departure(uid, place, record.IsInNew, view.NameAt(place));
    }

    private Arrival ArrivalOf(LockedMailbox source, Departure departure) =>
        Arrival.Of(from, departure.Place, to.Files.Tree, (part, newName) =>
        {
            Errno error = source.Files.Part(departure.IsInNew).TryRenameNew(departure.Name, part, newName);
            if (error == Errno.None)
            {
                source.Note(departure.IsInNew, departure.Name, isThere: false);
            }

            return error;
        });

    /// <summary>A message that is about to go: what its file is called until then.</summary>
    private sealed record Departure(uint Uid, int Place, bool IsInNew, string Name);
}
