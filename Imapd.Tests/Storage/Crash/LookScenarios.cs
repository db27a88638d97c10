using System.Globalization;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Crash;

/// <summary>What the store does because it looks at a mailbox: taking over lists of others, giving UIDs, putting in order.</summary>
internal static class LookScenarios
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    public static IEnumerable<Scenario> All =>
    [
        new(
            "First look at new messages",
            static stage =>
            {
                stage.Fill();
                _ = stage.Store.Status(MailboxName.Inbox);
            },
            static stage =>
            {
                stage.Deliver("a\r\n");
                stage.Deliver("b\r\n");
                return () => Look(stage, "INBOX");
            },
            AreAdded),
        new(
            "New messages while a session has the mailbox open",
            static stage => stage.Fill(),
            static stage =>
            {
                Mailbox mailbox = stage.Open();
                stage.Deliver("a\r\n");
                stage.Deliver("b\r\n");
                return () => stage.TellAll(mailbox, mailbox.Refresh());
            },
            AreAdded),
        new(
            "STATUS of a mailbox with new messages",
            static stage => stage.Fill(),
            static stage =>
            {
                stage.Deliver("a\r\n");
                stage.Deliver("b\r\n");
                return () => stage.Store.Status(MailboxName.Inbox);
            },
            AreAdded),
        new(
            "First open of a mailbox with Dovecot's list of version 3",
            static stage => stage.Fill(),
            static stage =>
            {
                Serve(stage, $"3 V1234567 N9 G{Id}\n3 :1.a\n5 W7 :2.b\n8 :3.c:2,S\n");
                return () => Look(stage, "served");
            },
            IsTakenOver),
        new(
            "First open of a mailbox with Dovecot's list of version 1",
            static stage => stage.Fill(),
            static stage =>
            {
                Serve(stage, "1 1234567 9\n3 1.a\n5 2.b\n8 3.c\n");
                return () => Look(stage, "served");
            },
            IsTakenOver),
        new(
            "First open of a mailbox whose list is damaged",
            static stage => stage.Fill(),
            static stage =>
            {
                Serve(stage, $"3 V1234567 N9 G{Id}\n3 :1.a\ngarbage\n8 :3.c:2,S\n");
                stage.Told.MayGo("served", [new Uid(5)]);
                return () => Look(stage, "served");
            },
            static after =>
            {
                Assert.That(after.Now["served"].Contents, Is.EqualTo(new[] { "one\r\n", "three\r\n", "two\r\n" }));
                Assert.That(after.Now["served"].Messages[2].Uid, Is.GreaterThan(1000));
            })
        {
            IsInDisorder = true,
        },
        new(
            "Open of a mailbox in which two files have one base name",
            static stage => stage.Fill(),
            static stage =>
            {
                stage.Write("cur/1.x:2,S", "left\n");
                stage.Write("cur/1.x:2,F", "right\n");
                return () => Look(stage, "INBOX");
            },
            static after => Assert.That(after.Now["INBOX"].Contents, Has.Some.EqualTo("left\r\n").Or.Some.EqualTo("right\r\n")))
        {
            IsInDisorder = true,
        },
        new(
            "First open of a mailbox most of whose messages are gone",
            static stage => stage.Fill(),
            static stage =>
            {
                Serve(stage, $"3 V1234567 N9 G{Id}\n3 :1.a\n5 :2.b\n8 :3.c:2,S\n{Gone(300)}");
                return () => Look(stage, "served");
            },
            IsTakenOver),
        new(
            "EXPUNGE after which most lines of the list are of messages that are gone",
            static stage =>
            {
                stage.Fill();
                stage.Append("INBOX", SystemFlags.Deleted, [], "gone 1\r\n", "gone 2\r\n");
                stage.Write("dovecot-uidlist", File.ReadAllText(Path.Combine(stage.Root, "dovecot-uidlist")) + Gone(99));
            },
            static stage =>
            {
                Mailbox mailbox = stage.Open();
                Uid[] deleted = [.. mailbox.State.AllUids()[4..6]];
                stage.Told.MayGo("INBOX", deleted);
                return () => stage.Tell(mailbox.Expunge(null));
            },
            static after => Assert.That(after.Now["INBOX"].Messages.Take(4), Is.EqualTo(after.Before["INBOX"].Messages.Take(4)))),
    ];

    private static string Gone(int lines) => string.Concat(
        Enumerable.Range(10, lines).Select(static uid => string.Create(CultureInfo.InvariantCulture, $"{uid} :gone{uid}\n")));

    private static void AreAdded(Aftermath after)
    {
        Assert.That(after.Now["INBOX"].Contents.TakeLast(2), Is.EqualTo(new[] { "a\r\n", "b\r\n" }));
        Assert.That(after.Now["INBOX"].Messages.SkipLast(2), Is.EqualTo(after.Before["INBOX"].Messages));
    }

    private static void IsTakenOver(Aftermath after)
    {
        Assert.That(after.Now["served"].UidValidity, Is.EqualTo(1234567));
        Assert.That(
            after.Now["served"].Messages,
            Is.EqualTo(new MessageView[] { new(3, "one\r\n", "None Late"), new(5, "two\r\n", "None"), new(8, "three\r\n", "Seen") }));
    }

    private static void Serve(Stage stage, string list)
    {
        foreach (string part in (string[])["cur", "new", "tmp"])
        {
            _ = Directory.CreateDirectory(Path.Combine(stage.Root, ".served", part));
        }

        stage.Write(".served/cur/1.a:2,a", "one\n");
        stage.Write(".served/new/2.b", "two\n");
        stage.Write(".served/cur/3.c:2,S", "three\n");
        stage.Write(".served/dovecot-keywords", "0 Late\n");
        stage.Write(".served/dovecot-uidlist", list);
        stage.Told.Hear("served", 1234567, 3, "one\r\n");
        stage.Told.Hear("served", 1234567, 5, "two\r\n");
        stage.Told.Hear("served", 1234567, 8, "three\r\n");
    }

    private static void Look(Stage stage, string name)
    {
        Mailbox mailbox = stage.Open(name);
        stage.TellAll(mailbox, mailbox.State);
    }
}
