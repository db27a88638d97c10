using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Courier;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Changes flags, which are in the files' names (RFC 9051 §6.4.6).</summary>
internal static class FlagChanger
{
    /// <summary>Changes flags of messages. The caller holds the mailbox's lock; the picture was taken under it.</summary>
    /// <remarks>
    /// Power fails after step
    ///   1: perhaps a letter for a keyword that no message has;
    ///   2: some messages have the new flags, the others the old; each is whole. STORE promises no more, so the renames
    ///      are not waited for on the disk.
    /// </remarks>
    /// <returns>The picture afterwards.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.Limit"/>: there are too many keywords; nothing was changed.</exception>
    public static MailboxState Change(
        MailboxFiles files, MessageFinder finder, MailboxState state, IReadOnlyList<Uid> uids, FlagChange change)
    {
        KeywordTable table = TableFor(files, state, change); // 1
        uint letters = table.LettersOf(change.Flags.Keywords);
        var names = new FileNames((string[])state.Files.Names.Clone(), (bool[])state.Files.IsInNew.Clone());
        using CourierTeller? courier = CourierTeller.Begin(files);
        foreach (Uid uid in uids)
        {
            int index = state.IndexOf(uid);
            if (index >= 0)
            {
                Change(files, finder, state, index, change, letters, names); // 2
                if (MessageName.KeywordLetters(names.Names[index]) != MessageName.KeywordLetters(state.Files.Names[index]))
                {
                    courier?.Tell(names.Names[index], table);
                }
            }
        }

        var builder = new StateBuilder(state, state.Identity, table, state.Count);
        for (int i = 0; i < state.Count; i++)
        {
            builder.Add(state.UidAt(i).Value, names.Names[i], names.IsInNew[i], state.IsRecentAt(i));
        }

        return builder.Build();
    }

    private static KeywordTable TableFor(MailboxFiles files, MailboxState state, FlagChange change)
    {
        IReadOnlyList<string> keywords = change.Flags.Keywords;
        if (change.Kind == FlagChangeKind.Remove || state.Table.HasAll(keywords))
        {
            return state.Table;
        }

        KeywordTable next = state.Table.With(
            keywords, () => state.Files.Names.Aggregate(0u, static (letters, name) => letters | MessageName.KeywordLetters(name)));
        if (!next.HasAll(keywords))
        {
            throw new StoreException(StoreError.Limit, $"A mailbox has at most {KeywordTable.MaxKeywords} keywords");
        }

        using DotLock held = DotLock.Take(files.Directory, files.Options);
        next.Write(files.Directory);
        return next;
    }

    private static void Change(
        MailboxFiles files, MessageFinder finder, MailboxState state, int index, FlagChange change, uint letters, FileNames names)
    {
        string renamed = string.Empty;
        Errno error = finder.Try(state, index, (part, name) =>
        {
            (SystemFlags flags, uint keywords) = Result(name, change, letters);
            renamed = MessageName.WithFlags(name, flags, keywords);
            if (MessageName.Flags(name) == flags && MessageName.KeywordLetters(name) == keywords)
            {
                renamed = name;
                return part.TryStat(name, false, out _);
            }

            return part.TryRenameNew(name, files.Cur, renamed);
        });
        switch (error)
        {
            case Errno.None:
                names.IsInNew[index] = state.Files.IsInNew[index] && renamed == state.Files.Names[index];
                names.Names[index] = renamed;
                break;
            case Errno.ENOENT:
                // Gone; the next look says so.
                break;
            case Errno.EEXIST:
                // Another program has made a second file of this name; the next look sees to it.
                break;
            default:
                throw new UnixException("renameat2", renamed, error);
        }
    }

    private static (SystemFlags Flags, uint Letters) Result(string name, FlagChange change, uint letters)
    {
        SystemFlags before = MessageName.Flags(name);
        uint lettersBefore = MessageName.KeywordLetters(name);
        SystemFlags named = change.Flags.System;
        return change.Kind switch
        {
            FlagChangeKind.Add => (before | named, lettersBefore | letters),
            FlagChangeKind.Remove => (before & ~named, lettersBefore & ~letters),
            _ => (named, letters),
        };
    }
}
