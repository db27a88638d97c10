using Imapd.Tests.Stress.Client;
using Imapd.Tests.Stress.Model;
using Mono.Unix.Native;

namespace Imapd.Tests.Stress.Actors;

/// <summary>A mail program that works on the Maildir itself, as mutt does: renames flags, moves from new to cur, deletes.</summary>
internal sealed class LocalProgram(StressLedger ledger, Random random, Recording trace)
{
    private const int PerListing = 8;

    /// <summary>Lists a mailbox and does some things to it; what it has read grows old meanwhile.</summary>
    public void Act()
    {
        MailboxLedger mailbox = ledger.Mailboxes[random.Next(3) == 0 ? random.Next(ledger.Mailboxes.Count) : 0];
        Dictionary<string, uint> uids = LocalFiles.UidsByBaseName(mailbox.Directory);
        string[] seen = LocalFiles.In(mailbox.Directory, "cur");
        string[] arrived = LocalFiles.In(mailbox.Directory, "new");
        for (int i = 0; i < PerListing; i++)
        {
            bool isNew = arrived.Length > 0 && random.Next(4) == 0;
            string[] names = isNew ? arrived : seen;
            if (names.Length > 0)
            {
                string name = names[random.Next(names.Length)];
                TrackedMessage? message = uids.TryGetValue(LocalFiles.BaseOf(name), out uint uid) ? mailbox.Seen(uid) : null;
                Act(mailbox, message, isNew ? "new" : "cur", name);
            }
        }
    }

    private void Act(MailboxLedger mailbox, TrackedMessage? message, string part, string name)
    {
        string path = Path.Combine(mailbox.Directory, part, name);
        if (random.Next(8) == 0)
        {
            Delete(mailbox, message, path, name);
        }
        else if (part == "new" && (message is null || random.Next(2) == 0))
        {
            Rename("moved", path, Path.Combine(mailbox.Directory, "cur", LocalFiles.BaseOf(name) + ":2,"));
        }
        else if (message is not null)
        {
            ChangeFlags(mailbox, message, path, name);
        }
    }

    private void Delete(MailboxLedger mailbox, TrackedMessage? message, string path, string name)
    {
        bool may = mailbox.Locked(() =>
        {
            if (message is { Token.IsPrecious: false })
            {
                message.MayBeMoved = true;
                mailbox.MayBeRemoved(LocalFiles.BaseOf(name));
                return true;
            }

            return false;
        });
        if (may)
        {
            trace.Add("delete", $"{path}: {(Syscall.unlink(path) == 0 ? "done" : Stdlib.GetLastError())}");
        }
    }

    private void ChangeFlags(MailboxLedger mailbox, TrackedMessage message, string path, string name)
    {
        int bit = 1 << random.Next(FlagAlphabet.SystemCount);
        if (bit == FlagAlphabet.Deleted && message.Token is not { IsPrecious: false })
        {
            return;
        }

        char letter = FlagAlphabet.LetterOf(bit);
        string info = LocalFiles.InfoOf(name);
        bool isSet = !info.Contains(letter, StringComparison.Ordinal);
        string changed = isSet ? string.Concat((info + letter).Order()) : info.Replace(letter.ToString(), "", StringComparison.Ordinal);
        FlagHistory.Change change = mailbox.Locked(() =>
        {
            message.MayBeDeleted |= bit == FlagAlphabet.Deleted;
            return message.Flags.Begin(bit, isSet ? bit : 0, ledger.Clock.Next());
        });
        bool isDone = Rename("flags", path, Path.Combine(mailbox.Directory, "cur", $"{LocalFiles.BaseOf(name)}:2,{changed}"));
        mailbox.Locked(() =>
        {
            if (isDone)
            {
                change.Finish(ledger.Clock.Next(), isCertain: true);
            }
            else
            {
                message.Flags.Cancel(change);
            }
        });
    }

    private bool Rename(string what, string from, string to)
    {
        bool isDone = Syscall.rename(from, to) == 0;
        trace.Add(what, $"{from} -> {Path.GetFileName(to)}: {(isDone ? "done" : Stdlib.GetLastError())}");
        return isDone;
    }
}
