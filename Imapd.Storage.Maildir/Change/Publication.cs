using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Courier;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Gives messages their places in a mailbox, and their UIDs: the last part of APPEND, COPY and MOVE.</summary>
/// <param name="mailbox">The mailbox, under its lock.</param>
internal sealed class Publication(LockedMailbox mailbox)
{
    /// <summary>How often the mailbox is looked at again because another program has written the UID list.</summary>
    private const int MaxRounds = 4;

    private readonly MailboxFiles _files = mailbox.Files;
    private bool _isListOthers;

    /// <summary>
    /// Whether messages in <c>tmp/</c> are not the caller's any more, though it failed: they come in as soon as the disk takes
    /// them.
    /// </summary>
    public bool IsBeyondRecall { get; private set; }

    /// <summary>Adds messages, all or none. When this returns, they and their UIDs survive a power failure.</summary>
    /// <remarks>
    /// Messages without flags go to <c>new/</c>, where they are recent for whoever opens the mailbox next, the others to
    /// <c>cur/</c>. The order is the crash safety. Power fails after step
    ///   1: perhaps a UID list of version 3 where there was another one or none, with the same messages; perhaps letters for
    ///      keywords that no message has;
    ///   2: of one message: it has its place, perhaps; the next look gives it a UID, and no client was told of another;
    ///   3: as 2, and it is there for certain;
    ///   4: done; only now may the session answer with the UIDs;
    ///   5: as 4; if the index was not on the disk yet, the next look lists the directories.
    /// Of several messages, step 2 is instead
    ///   2a: all are in <c>tmp/</c> for certain, seen by nobody, swept after 36 hours;
    ///   2b: the intent is on the disk (<see cref="CopyIntent"/>): whoever takes the mailbox's lock next completes it;
    ///   2c: some are in their places, and the others follow when the lock is taken next;
    /// and after step 4 the intent is removed. Of several that get their places as links it is
    ///   2a: the intent is on the disk: whoever takes the mailbox's lock next sees that none has a UID, and they go to tmp/;
    ///   2b: as 2a, and some are in their places;
    ///   4 : perhaps some of the lines are in the list: then all of them stay, and the others get UIDs at the next look;
    /// and after step 4 the intent is removed, too. When a step fails, what was done is taken back.
    /// </remarks>
    /// <param name="arrivals">
    /// The messages, in the order in which they get UIDs; several are all in <c>tmp/</c>, or all links that are made quickly.
    /// </param>
    /// <param name="mustKeepKeywords">Whether a keyword for which no letter is left is an error, or is left out.</param>
    /// <param name="placing">Steps 2 to 4 as somebody else does them, given places and lines; it returns the UID list's stamp.</param>
    public AppendResult Publish(
        IReadOnlyList<Arrival> arrivals, bool mustKeepKeywords, Func<List<StagedMessage>, List<UidLine>, FileStamp>? placing = null)
    {
        using DotLock dotLock = TakeDotLock();
        UidList list = GrowableList(); // 1
        KeywordTable table = Keywords(arrivals, dotLock, mustKeepKeywords);
        uint nextUid = Math.Max(list.NextUid, mailbox.View.Summary.NextUid);
        var places = new List<StagedMessage>(arrivals.Count);
        var lines = new List<UidLine>(arrivals.Count);
        using CourierTeller? courier = table.Names.Count > 0 ? CourierTeller.Begin(_files) : null;
        foreach (Arrival arrival in arrivals)
        {
            StagedMessage place = PlaceOf(arrival, table);
            if (MessageName.KeywordLetters(place.Name) != 0)
            {
                courier?.Tell(place.Name, table);
            }

            places.Add(place);
            nextUid = Math.Max(nextUid, arrival.LeastUid);
            lines.Add(new UidLine(UidSupply.Take(ref nextUid), UidLine.NoFields, place.Name));
        }

        FileStamp written = placing is not null ? placing(places, lines)
            : places.Count == 1 ? PublishOne(arrivals[0], places[0], lines)
            : arrivals[0].Staged is not null ? PublishAll(places, lines)
            : PublishLinks(arrivals, places, lines);
        NoteChanges(arrivals, places, lines);
        mailbox.Commit(_isListOthers ? default : written); // 5
        return new AppendResult(new UidValidity(list.UidValidity), [.. lines.Select(line => new Uid(line.Uid))]);
    }

    /// <summary>Makes names that messages were given here survive a power failure.</summary>
    public void SyncTouched(List<StagedMessage> places)
    {
        if (places.Exists(static place => place.IsInNew))
        {
            _files.New.Sync();
        }

        if (places.Exists(static place => !place.IsInNew))
        {
            _files.Cur.Sync();
        }
    }

    /// <summary>Throws unless a message got its name.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.ExpungeIssued"/>: it does not have the name that it had.</exception>
    public static void Ensure(Errno error)
    {
        if (error != Errno.None)
        {
            throw error == Errno.ENOENT
                ? new StoreException(StoreError.ExpungeIssued, "A message is gone")
                : new UnixException("link", "message", error);
        }
    }

    /// <summary>Where a message is to be, and under which name.</summary>
    public static StagedMessage PlaceOf(Arrival arrival, KeywordTable table)
    {
        uint letters = table.LettersOf(arrival.Keywords);
        string staged = arrival.Staged ?? arrival.Aside ?? arrival.BaseName;
        return arrival is { Flags: SystemFlags.None, IsOld: false } && letters == 0
            ? new StagedMessage(true, staged, arrival.BaseName)
            : new StagedMessage(false, staged, MessageName.WithFlags(arrival.BaseName, arrival.Flags, letters));
    }

    // What another program has given UIDs to comes first: it must not be found later, with smaller UIDs than ours.
    private DotLock TakeDotLock()
    {
        for (int round = 1; ; round++)
        {
            DotLock held = DotLock.Take(_files.Directory, _files.Options);
            try
            {
                _isListOthers = !mailbox.IsListKnown;
                if (!_isListOthers || round == MaxRounds)
                {
                    return held;
                }
            }
            catch
            {
                held.Dispose();
                throw;
            }

            held.Dispose();
            mailbox.LookAgain();
        }
    }

    private FileStamp PublishOne(Arrival arrival, StagedMessage place, List<UidLine> lines)
    {
        DirectoryHandle part = _files.Part(place.IsInNew);
        Ensure(arrival.Place(part, place.Name)); // 2
        try
        {
            part.Sync(); // 3
            return UidListFile.Append(_files.Directory, lines); // 4
        }
        catch
        {
            part.TryUnlink(place.Name);
            throw;
        }
    }

    private FileStamp PublishAll(List<StagedMessage> places, List<UidLine> lines)
    {
        _files.Tmp.Sync(); // 2a
        try
        {
            CopyIntent.Write(_files.Directory, places); // 2b
            foreach (StagedMessage place in places)
            {
                Ensure(place.TryPlace(_files)); // 2c
            }

            SyncTouched(places); // 3
            FileStamp written = UidListFile.Append(_files.Directory, lines); // 4
            CopyIntent.Remove(_files.Directory);
            return written;
        }
        catch
        {
            IsBeyondRecall = !TryTakeBack(places);
            throw;
        }
    }

    private FileStamp PublishLinks(IReadOnlyList<Arrival> arrivals, List<StagedMessage> places, List<UidLine> lines)
    {
        int begun = 0;
        try
        {
            CopyIntent.Write(_files.Directory, places, areLinks: true); // 2a
            while (begun < places.Count)
            {
                Ensure(arrivals[begun].Place(_files.Part(places[begun].IsInNew), places[begun].Name)); // 2b
                begun++;
            }

            SyncTouched(places); // 3
            FileStamp written = UidListFile.Append(_files.Directory, lines); // 4
            CopyIntent.Remove(_files.Directory);
            return written;
        }
        catch
        {
            TryUnlink(places.GetRange(0, begun));
            throw;
        }
    }

    // The intent stays when that fails: who takes the lock next sees to it.
    private void TryUnlink(List<StagedMessage> links)
    {
        try
        {
            if (links.TrueForAll(link => _files.Part(link.IsInNew).TryUnlink(link.Name) is Errno.None or Errno.ENOENT))
            {
                SyncTouched(links);
                CopyIntent.Remove(_files.Directory);
                _files.Directory.Sync();
            }
        }
        catch (UnixException)
        {
            return;
        }
    }

    /// <summary>Undoes what an intent has done, and the intent.</summary>
    /// <remarks>
    /// Power fails before the intent is gone for certain: all messages come in after all; nobody was told that they did not.
    /// </remarks>
    private bool TryTakeBack(List<StagedMessage> places)
    {
        try
        {
            if (!places.TrueForAll(place => place.TryTakeBack(_files) == Errno.None))
            {
                return false;
            }

            CopyIntent.Remove(_files.Directory);
            _files.Tmp.Sync();
            _files.Directory.Sync();
            return true;
        }
        catch (UnixException)
        {
            return false;
        }
    }

    private void NoteChanges(IReadOnlyList<Arrival> arrivals, List<StagedMessage> places, List<UidLine> lines)
    {
        ulong modSeq = mailbox.View.NextModSeq();
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        for (int i = 0; i < places.Count; i++)
        {
            IndexRecord record = MessageRecord.Of(lines[i].Uid, places[i].Name, places[i].IsInNew, modSeq);
            record.InternalDateSeconds = arrivals[i].InternalDateSeconds;
            record.SaveDateSeconds = now;
            record.RawOctets = arrivals[i].RawOctets;
            record.WireOctets = arrivals[i].WireOctets;
            mailbox.Changes.Add(record, places[i].Name);
            mailbox.Note(places[i].IsInNew, places[i].Name, isThere: true);
        }

        mailbox.Changes.UidListLines += (uint)lines.Count;
    }

    // Messages that are there without UIDs get theirs at the next look, larger ones than these.
    private UidList GrowableList()
    {
        if (UidListFile.ReadEnds(_files.Directory) is { } ends && ends.UidValidity == mailbox.View.Identity.UidValidity)
        {
            return ends;
        }

        // Another program has just given UIDs: the next look reads of what.
        _isListOthers = true;
        if (UidListFile.Read(_files.Directory) is not { } list || list.UidValidity != mailbox.View.Identity.UidValidity)
        {
            throw new StoreException(StoreError.Unavailable, "The mailbox's list of UIDs was replaced; repeat the command");
        }

        list = list.With(Math.Max(list.NextUid, mailbox.View.Summary.NextUid), list.Lines);
        UidListFile.Replace(_files.Directory, list);
        return list;
    }

    private KeywordTable Keywords(IReadOnlyList<Arrival> arrivals, DotLock held, bool mustKeepKeywords)
    {
        var keywords = arrivals.SelectMany(arrival => arrival.Keywords).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        return keywords.Count == 0 ? KeywordTable.Empty : KeywordLetters.Give(mailbox, keywords, held, mustKeepKeywords);
    }
}
