using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Courier;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Gives messages their places in a mailbox, and their UIDs: the last part of APPEND, COPY and MOVE.</summary>
internal static class Publication
{
    /// <summary>
    /// Adds messages, all or none. When this returns, they and their UIDs survive a power failure.
    /// </summary>
    /// <remarks>
    /// Takes the mailbox's lock and the dotlock, so no session sees a part of it. Messages without flags go to <c>new/</c>,
    /// where they are recent for whoever opens the mailbox next, the others to <c>cur/</c>. The order is the crash safety.
    /// Power fails after step
    ///   1: perhaps a UID list of version 3 where there was another one or none, with the same messages;
    ///   2: perhaps letters for keywords that no message has;
    ///   3: some of the messages in their places; the next look gives them UIDs, and no client was told of others;
    ///   4: as 3, and all of them are there for certain;
    ///   5: done; only now may the session answer with their UIDs.
    /// When a step fails, the messages placed so far are removed again.
    /// </remarks>
    /// <param name="to">The mailbox.</param>
    /// <param name="arrivals">The messages, in the order in which they get UIDs.</param>
    /// <param name="mustKeepKeywords">Whether a keyword for which no letter is left is an error, or is left out.</param>
    public static AppendResult Publish(MailboxFiles to, IReadOnlyList<Arrival> arrivals, bool mustKeepKeywords)
    {
        using MailboxLock held = to.Lock();
        using DotLock dotLock = DotLock.Take(to.Directory, to.Options);
        UidList list = GrowableList(to); // 1
        KeywordTable table = Keywords(to, arrivals, mustKeepKeywords); // 2
        uint nextUid = list.NextUid;
        var lines = new List<UidLine>(arrivals.Count);
        var placed = new List<(DirectoryHandle Part, string Name)>(arrivals.Count);
        using CourierTeller? courier = table.Names.Count > 0 ? CourierTeller.Begin(to) : null;
        try
        {
            foreach (Arrival arrival in arrivals)
            {
                (DirectoryHandle part, string name) = PlaceOf(to, arrival, table);
                if (MessageName.KeywordLetters(name) != 0)
                {
                    courier?.Tell(name, table);
                }

                lines.Add(new UidLine(UidSupply.Take(ref nextUid), UidLine.NoFields, name));
                Errno error = arrival.Place(part, name); // 3
                if (error != Errno.None)
                {
                    throw error == Errno.ENOENT
                        ? new StoreException(StoreError.ExpungeIssued, "A message is gone")
                        : new UnixException("link", name, error);
                }

                placed.Add((part, name));
            }

            to.New.Sync(); // 4
            to.Cur.Sync();
            UidListFile.Append(to.Directory, lines); // 5
        }
        catch
        {
            foreach ((DirectoryHandle part, string name) in placed)
            {
                part.TryUnlink(name);
            }

            throw;
        }

        return new AppendResult(new UidValidity(list.UidValidity), [.. lines.Select(line => new Uid(line.Uid))]);
    }

    // Messages that are there without UIDs get theirs at the next look, larger ones than these.
    private static UidList GrowableList(MailboxFiles to)
    {
        if (UidListFile.ReadEnds(to.Directory) is { } ends)
        {
            return ends;
        }

        UidList list = UidListFile.Read(to.Directory)
            ?? UidList.New(UidValidityFile.Next(to.Tree.Directory, new Patience(to.Options.LockWaitSeconds)));
        list = list.With(list.NextUid, list.Lines);
        UidListFile.Replace(to.Directory, list);
        return list;
    }

    private static KeywordTable Keywords(MailboxFiles to, IReadOnlyList<Arrival> arrivals, bool mustKeepKeywords)
    {
        var keywords = arrivals.SelectMany(arrival => arrival.Keywords).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (keywords.Count == 0)
        {
            return KeywordTable.Empty;
        }

        KeywordTable table = KeywordTable.Read(to.Directory);
        KeywordTable next = table.With(keywords, () => LettersInUse(to));
        if (mustKeepKeywords && !next.HasAll(keywords))
        {
            throw new StoreException(StoreError.Limit, $"A mailbox has at most {KeywordTable.MaxKeywords} keywords");
        }

        if (next != table)
        {
            next.Write(to.Directory);
        }

        return next;
    }

    private static uint LettersInUse(MailboxFiles to) =>
        FoundMessages.In(to).Names.Aggregate(0u, static (letters, name) => letters | MessageName.KeywordLetters(name));

    private static (DirectoryHandle Part, string Name) PlaceOf(MailboxFiles to, Arrival arrival, KeywordTable table)
    {
        uint letters = table.LettersOf(arrival.Keywords);
        return arrival.Flags == SystemFlags.None && letters == 0
            ? (to.New, arrival.BaseName)
            : (to.Cur, MessageName.WithFlags(arrival.BaseName, arrival.Flags, letters));
    }
}
