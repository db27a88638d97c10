using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Crash;

/// <summary>What is done in mailboxes that Courier has served.</summary>
internal static class CourierScenarios
{
    private static readonly MessageView[] Served = [new(3, "one\r\n", "Seen $Work Late"), new(5, "two\r\n", "None Late"), new(8, "three\r\n", "None")];

    public static IEnumerable<Scenario> All =>
    [
        new(
            "First open of a mailbox that Courier has served",
            static stage => stage.Fill(),
            static stage =>
            {
                Serve(stage);
                return () => Look(stage);
            },
            static after =>
            {
                Assert.That(after.Now["served"].UidValidity, Is.EqualTo(795238265));
                Assert.That(after.Now["served"].Messages, Is.EqualTo(Served));
            }),
        new(
            "APPEND to a mailbox that Courier has served",
            static stage =>
            {
                Serve(stage);
                Look(stage);
            },
            static stage => () => stage.Append("served", SystemFlags.Flagged, ["Late", "Fresh"], "new\r\n"),
            static after =>
            {
                after.AllOrNone("served", "new\r\n");
                Assert.That(after.Now["served"].Messages.Take(3), Is.EqualTo(after.Before["served"].Messages));
            }),
        new(
            "STORE of a keyword in a mailbox that Courier has served",
            static stage =>
            {
                Serve(stage);
                Look(stage);
            },
            static stage =>
            {
                Mailbox mailbox = stage.Open("served");
                return () => mailbox.Flag(FlagChangeKind.Add, SystemFlags.None, "Fresh");
            },
            static after => Assert.That(
                after.Now["served"].Messages.Select(static message => (message.Uid, message.Content)),
                Is.EqualTo(after.Before["served"].Messages.Select(static message => (message.Uid, message.Content))))),
    ];

    private static void Serve(Stage stage)
    {
        string mailbox = Path.Combine(stage.Root, ".served");
        foreach (string part in (string[])["cur", "new", "tmp", "courierimapkeywords"])
        {
            Directory.CreateDirectory(Path.Combine(mailbox, part));
        }

        File.WriteAllText(Path.Combine(mailbox, "cur", "1.a:2,S"), "one\n");
        File.WriteAllText(Path.Combine(mailbox, "cur", "2.b:2,"), "two\n");
        File.WriteAllText(Path.Combine(mailbox, "cur", "3.c:2,"), "three\n");
        File.WriteAllText(Path.Combine(mailbox, "courierimapuiddb"), "1 795238265 9\n3 1.a\n5 2.b\n8 3.c\n");
        File.WriteAllText(Path.Combine(mailbox, "courierimapkeywords", ":list"), "$Work\n\n1.a:0\n2.b:0\n");
        File.WriteAllText(Path.Combine(mailbox, "courierimapkeywords", "2.b"), "Late\n");
        File.WriteAllText(Path.Combine(mailbox, "courierimapkeywords", ".100.1.a"), "Late\n$Work\n");
    }

    private static void Look(Stage stage)
    {
        Mailbox mailbox = stage.Open("served");
        Assert.That(mailbox.State.Uids(), Is.EqualTo(Served.Select(static message => message.Uid)));
        Assert.That(mailbox.State.KeywordsAt(0), Is.EquivalentTo(new[] { "Late", "$Work" }));
        Assert.That(mailbox.State.KeywordsAt(1), Is.EqualTo(new[] { "Late" }));
        foreach (MessageView message in Served)
        {
            stage.Tell("served", mailbox.State.UidValidity, new Uid(message.Uid), message.Content);
        }
    }
}
