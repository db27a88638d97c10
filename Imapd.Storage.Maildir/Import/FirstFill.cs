using Imapd.Storage.Maildir.Change;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Scan;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Import;

/// <summary>
/// Gives a mailbox in which no UID was given yet the messages of an mbox, with the mbox's UIDVALIDITY and UIDs: clients that knew
/// them on the server before go on as if nothing had happened.
/// </summary>
/// <param name="files">The mailbox.</param>
/// <param name="uids">The mbox's UIDs.</param>
internal sealed class FirstFill(MailboxFiles files, MboxUids uids)
{
    /// <summary>Whether the mailbox could be filled, as it is at the moment.</summary>
    public bool IsPossible() =>
        IsUnused(UidListFile.Read(files.Directory)) && !UidValidityFile.IsGiven(files.Tree.Directory, uids.UidValidity);

    /// <summary>Puts the messages in place, all of them or none. When this returns true, they and their UIDs survive a power failure.</summary>
    /// <remarks>
    /// What was delivered to the mailbox meanwhile, and nobody has looked at, gets UIDs above theirs at the next look. Its UIDVALIDITY
    /// may go down by this: no client can know a message by the one it had. Power fails
    ///   before: messages in <c>tmp/</c>, seen by nobody, swept after 36 hours;
    /// after step
    ///   1: the same, and perhaps an empty UID list where there was none, and letters for keywords that no message has;
    ///   2: whoever takes the mailbox's lock next sees that none of the messages has a UID, and leaves them in <c>tmp/</c>;
    ///   3: as 2, and takes back to <c>tmp/</c> those that are in their places;
    ///   4: as 3;
    ///   5: all messages are there with their UIDs, or as 4: the list is replaced whole;
    ///   6: they are there; the intent does nothing;
    ///   7: the same; before this step the UIDVALIDITY could be given to another mailbox, unless the import is run again.
    /// Run again, it does all of it until step 5 was reached, and nothing afterwards.
    /// </remarks>
    /// <param name="messages">The messages, in the order of the mbox.</param>
    /// <returns>False when somebody has given a UID meanwhile: nothing was done.</returns>
    public bool TryPublish(IReadOnlyList<StagedImport> messages)
    {
        using MailboxLock names = files.Tree.LockNames(); // for the UIDVALIDITY: two mailboxes must not get one
        using MailboxLock held = files.Lock();
        _ = CopyIntent.Complete(files);
        using DotLock dotLock = DotLock.Take(files.Directory, files.Options);
        if (!IsPossible())
        {
            return false;
        }

        if (!UidListFile.IsThere(files.Directory))
        {
            UidListFile.Replace(files.Directory, UidList.New(UidValidityFile.Next(files.Tree.Directory, NewPatience()))); // 1
        }

        KeywordTable table = Keywords(messages);
        var places = new List<StagedMessage>(messages.Count);
        var lines = new List<UidLine>(messages.Count);
        uint last = uids.LastUid;
        uint before = 0;
        foreach (StagedImport message in messages)
        {
            // As UW-IMAP reads them: a UID that is not above the one before is none.
            before = message.Uid > before && message.Uid <= uids.LastUid ? message.Uid : ++last;
            StagedMessage place = Publication.PlaceOf(message.Arrive(files, 0), table);
            places.Add(place);
            lines.Add(new UidLine(before, UidLine.NoFields, place.Name));
        }

        CopyIntent.Write(files.Directory, places, areLinks: true); // 2
        Place(messages, places, new UidList
        {
            UidValidity = uids.UidValidity,
            NextUid = last + 1,
            MailboxId = Guid.NewGuid().ToString("N"),
            Lines = lines,
        });
        CopyIntent.Remove(files.Directory); // 6
        UidValidityFile.Note(files.Tree.Directory, NewPatience(), uids.UidValidity); // 7
        return true;
    }

    /// <summary>Does the last step once more, where the mailbox has the mbox's UIDVALIDITY already.</summary>
    public void NoteUidValidity() => UidValidityFile.Note(files.Tree.Directory, NewPatience(), uids.UidValidity);

    private void Place(IReadOnlyList<StagedImport> messages, List<StagedMessage> places, UidList list)
    {
        int begun = 0;
        try
        {
            for (; begun < places.Count; begun++)
            {
                Publication.Ensure(files.Tmp.TryRenameNew(messages[begun].Staged, files.Part(places[begun].IsInNew), places[begun].Name)); // 3
            }

            files.New.Sync();
            files.Cur.Sync(); // 4
            UidListFile.Replace(files.Directory, list); // 5
        }
        catch
        {
            TakeBack(places.GetRange(0, begun), list.UidValidity);
            throw;
        }
    }

    // The intent stays when that fails: who takes the lock next sees to it. Where the list is in its place, though perhaps not for
    // certain, they stay: a client may have read it.
    private void TakeBack(List<StagedMessage> places, uint uidValidity)
    {
        try
        {
            if (UidListFile.ReadHeader(files.Directory)?.UidValidity != uidValidity
                && places.TrueForAll(place => files.Part(place.IsInNew).TryUnlink(place.Name) == Native.Errno.None))
            {
                files.New.Sync();
                files.Cur.Sync();
                CopyIntent.Remove(files.Directory);
                files.Directory.Sync();
            }
        }
        catch (Native.UnixException)
        {
            return;
        }
    }

    // Where there is no list but an index, the list was lost, and clients know of UIDs.
    private bool IsUnused(UidList? list) => list is null
        ? !UidListFile.IsThere(files.Directory) && files.Directory.TryStat(IndexFile.FileName, false, out _) == Native.Errno.ENOENT
        : list is { IsDamaged: false, NextUid: 1, Lines.Count: 0 };

    private KeywordTable Keywords(IReadOnlyList<StagedImport> messages)
    {
        KeywordTable table = KeywordTable.Read(files.Directory);
        KeywordTable next = table.With(
            messages.SelectMany(static message => message.Keywords).Distinct(StringComparer.OrdinalIgnoreCase), LettersInUse);
        if (next != table)
        {
            next.Write(files.Directory);
        }

        return next;
    }

    private uint LettersInUse() =>
        DirectoryReader.Read(files.Cur).Aggregate(0u, static (letters, entry) => letters | MessageName.KeywordLetters(entry.Name));

    private Patience NewPatience() => new(files.Options.LockWaitSeconds);
}
