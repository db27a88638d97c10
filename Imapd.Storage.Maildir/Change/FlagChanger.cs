using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Courier;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Changes flags, which are in the files' names (RFC 9051 §6.4.6).</summary>
internal static class FlagChanger
{
    /// <summary>How often messages that another program renames meanwhile are looked for.</summary>
    private const int MaxRounds = 4;

    /// <summary>Changes flags of messages; those that are gone are passed over, and so are those that have them already.</summary>
    /// <remarks>
    /// Power fails after step
    ///   1: perhaps a letter for a keyword that no message has;
    ///   2: some messages have the new flags, the others the old; each is whole. STORE promises no more (RFC 9051 §6.4.6), so
    ///      the renames are not waited for on the disk;
    ///   3: as 2; the stamps in the index are not those of the directories if the disk has lost renames that the index has
    ///      seen, or the other way round, and the next look lists them.
    /// </remarks>
    /// <returns>
    /// Why messages kept their flags that the file system does not let be renamed, the last of them; the others were changed.
    /// </returns>
    /// <exception cref="StoreException"><see cref="StoreError.Limit"/>: there are too many keywords; nothing was changed.</exception>
    public static Errno Change(LockedMailbox mailbox, IReadOnlyList<Uid> uids, FlagChange change)
    {
        KeywordTable table = change.Kind == FlagChangeKind.Remove
            ? mailbox.Keywords
            : KeywordLetters.Give(mailbox, change.Flags.Keywords, null, mustKeepAll: true); // 1
        var refused = Errno.None;
        for (int round = 1; uids.Count > 0; round++)
        {
            try
            {
                uids = ChangeThose(mailbox, uids, change, table, ref refused); // 2
            }
            finally
            {
                mailbox.Commit(); // 3
            }

            if (uids.Count > 0)
            {
                if (round == MaxRounds)
                {
                    break;
                }

                mailbox.LookAgain();
            }
        }

        return refused;
    }

    /// <returns>The messages whose files have other names than the index says.</returns>
    private static List<Uid> ChangeThose(
        LockedMailbox mailbox, IReadOnlyList<Uid> uids, FlagChange change, KeywordTable table, ref Errno refused)
    {
        uint letters = table.LettersOf(change.Flags.Keywords);
        using CourierTeller? courier = CourierTeller.Begin(mailbox.Files);
        var renamed = new List<Uid>();
        IndexView view = mailbox.View;
        ulong modSeq = view.NextModSeq();
        Span<byte> name = stackalloc byte[Octets.NameBuffer];
        Span<byte> next = stackalloc byte[2 * Octets.NameBuffer];
        foreach (Uid uid in uids)
        {
            int place = view.IndexOf(uid.Value);
            if (place < 0)
            {
                continue;
            }

            IndexRecord record = view.RecordAt(place);
            (SystemFlags flags, uint keywords) = Result(record, change, letters);
            if (flags == record.Flags && keywords == record.Letters)
            {
                continue;
            }

            int length = view.CopyNameAt(place, name[..^1]);
            int nextLength = MessageName.WithFlags(name[..length], flags, keywords, next);
            name[length] = 0;
            next[nextLength] = 0;
            Errno error = mailbox.Rename(record.IsInNew, name[..(length + 1)], next[..(nextLength + 1)]);
            switch (error)
            {
                case Errno.None:
                    mailbox.Changes.Change(uid.Value, flags, keywords, isInNew: false, modSeq);
                    if (keywords != record.Letters)
                    {
                        courier?.Tell(Encoding.Latin1.GetString(next[..nextLength]), table);
                    }

                    break;
                case Errno.ENOENT:
                    renamed.Add(uid);
                    break;
                case Errno.EEXIST:
                    // Another program has made a second file of this name; the next look sees to it.
                    mailbox.Distrust();
                    break;
                case Errno.ENAMETOOLONG or Errno.EPERM:
                    // This file alone: its name has no room for flags, it is immutable, or another's in a sticky directory.
                    refused = error;
                    break;
                default:
                    throw new UnixException("renameat2", "message", error);
            }
        }

        return renamed;
    }

    private static (SystemFlags Flags, uint Letters) Result(in IndexRecord before, FlagChange change, uint letters)
    {
        SystemFlags named = change.Flags.System;
        return change.Kind switch
        {
            FlagChangeKind.Add => (before.Flags | named, before.Letters | letters),
            FlagChangeKind.Remove => (before.Flags & ~named, before.Letters & ~letters),
            _ => (named, letters),
        };
    }
}
