using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;

namespace Imapd.Tests.Storage.Migration;

/// <summary>What is done here in a mailbox that another server has served before and serves again afterwards.</summary>
internal static class MailOfHere
{
    /// <summary>A message in wire form.</summary>
    public static string Message(string subject) => $"Subject: {subject}\r\n\r\nbody\r\n";

    /// <summary>Adds a message of a day long ago.</summary>
    public static AppendResult Append(MailStore store, string mailbox, string subject, params string[] keywords)
    {
        using AppendBatch batch = store.BeginAppend(TestTree.Name(mailbox));
        batch.BeginMessage(new FlagSet(SystemFlags.None, keywords), DateTimeOffset.FromUnixTimeSeconds(1_300_000_000))
            .Write(Encoding.Latin1.GetBytes(Message(subject)));
        return batch.Commit();
    }

    /// <summary>Flags, keywords, mailboxes and subscriptions become others.</summary>
    public static void Change(MailStore store, string made, string renamed, string unsubscribed)
    {
        using (Mailbox inbox = store.Select(MailboxName.Inbox, false))
        {
            Uid[] uids = inbox.State.AllUids();
            inbox.ChangeFlags([.. uids.Take(3)], new FlagChange(FlagChangeKind.Remove, new FlagSet(SystemFlags.Seen, ["$Work"])));
            inbox.ChangeFlags([.. uids.Skip(15).Take(8)], new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.Answered, ["$Work", "Here"])));
            inbox.ChangeFlags([.. uids.Skip(4).Take(3)], new FlagChange(FlagChangeKind.Replace, new FlagSet(SystemFlags.Deleted, [])));
            inbox.Expunge([.. uids.Skip(4).Take(2)]);
            inbox.Copy([.. uids.Skip(15).Take(2)], TestTree.Name("c d/R&D"));
            inbox.Move([uids[7]], TestTree.Name("c d/R&D"));
        }

        Append(store, "INBOX", "z", "Here", "$Junk");
        Append(store, "INBOX", "plain");
        store.Create(TestTree.Name(made), SpecialUse.None);
        Append(store, made, "first", "$Work");
        Append(store, made, "second");
        store.Rename(TestTree.Name(renamed), TestTree.Name("a/z"));
        store.Subscribe(TestTree.Name(made));
        store.Unsubscribe(TestTree.Name(unsubscribed));
    }
}
