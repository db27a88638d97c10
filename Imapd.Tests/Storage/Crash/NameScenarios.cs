using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Crash;

/// <summary>Making, removing and renaming mailboxes, in each layout.</summary>
internal static class NameScenarios
{
    public static IEnumerable<Scenario> All =>
    [
        .. OfBoth,
        .. OfBoth.Concat(OfFs).Select(static scenario => scenario with { Name = scenario.Name + ", layout fs", Layout = MailboxLayout.Fs }),
    ];

    private static IEnumerable<Scenario> OfBoth =>
    [
        new(
            "CREATE",
            static stage => stage.Create("old"),
            static stage => () => stage.Store.Create(Stage.Name("parent/fresh"), SpecialUse.Archive),
            static after =>
            {
                Assert.That(after.Now.Mailboxes.ContainsKey("parent/fresh") || !after.IsAcknowledged, Is.True);
                after.Same("old");
            }),
        new(
            "DELETE",
            static stage =>
            {
                stage.Create("parent", "parent/child");
                stage.Fill("parent", 2);
                stage.Fill("parent/child", 1);
            },
            static stage =>
            {
                stage.Told.MayVanish("parent");
                return () => stage.Store.Delete(Stage.Name("parent"));
            },
            static after =>
            {
                after.Same("parent/child");
                bool isThere = after.Now.Mailboxes.ContainsKey("parent");
                Assert.That(isThere && after.IsAcknowledged, Is.False);
                if (isThere)
                {
                    after.Same("parent");
                }
            }),
        new(
            "DELETE and CREATE of the same name",
            static stage =>
            {
                stage.Create("again");
                stage.Fill("again", 1);
            },
            static stage =>
            {
                stage.Told.MayVanish("again");
                return () =>
                {
                    stage.Store.Delete(Stage.Name("again"));
                    stage.Store.Create(Stage.Name("again"), SpecialUse.None);
                    stage.Append("again", SystemFlags.None, [], "second\r\n");
                };
            },
            static after => Assert.That(after.Now.Mailboxes.ContainsKey("again") || !after.IsAcknowledged, Is.True)),
        new(
            "RENAME with children",
            static stage =>
            {
                stage.Create("from", "from/child", "from/child/leaf");
                stage.Fill("from", 1);
                stage.Fill("from/child/leaf", 2);
            },
            static stage => () => stage.Store.Rename(Stage.Name("from"), Stage.Name("deep/to")),
            static after =>
            {
                foreach (string name in (string[])["from", "from/child", "from/child/leaf"])
                {
                    string renamed = "deep/to" + name[4..];
                    MailboxView[] found = [.. after.Now.Mailboxes.Values.Where(view => view.Id == after.Before[name].Id)];
                    Assert.That(found, Has.Length.EqualTo(1));
                    Assert.That(found[0].Name, after.IsAcknowledged ? Is.EqualTo(renamed) : Is.EqualTo(renamed).Or.EqualTo(name));
                    Assert.That(found[0].Messages, Is.EqualTo(after.Before[name].Messages));
                }
            }),
        new(
            "RENAME of INBOX",
            static stage => stage.Fill(count: 3),
            static stage =>
            {
                Uid[] uids = stage.Open().State.AllUids();
                stage.Told.MayGo("INBOX", uids);
                return () =>
                {
                    stage.Store.Rename(MailboxName.Inbox, Stage.Name("old mail"));
                    if (!stage.IsCutOff())
                    {
                        stage.Told.IsGone("INBOX", uids);
                    }
                };
            },
            static after => Scenarios.EachIsOnce(after, "old mail")),
    ];

    // Where directories are levels of the hierarchy, a mailbox comes and goes in one that stays.
    private static IEnumerable<Scenario> OfFs =>
    [
        new(
            "CREATE of what is above a mailbox",
            static stage => stage.Create("above/below"),
            static stage => () => stage.Store.Create(Stage.Name("above"), SpecialUse.None),
            static after =>
            {
                Assert.That(after.Now.Mailboxes.ContainsKey("above") || !after.IsAcknowledged, Is.True);
                after.Same("above/below");
            }),
        new(
            "CREATE where a DELETE was interrupted",
            static stage =>
            {
                stage.Create("above/below");
                stage.Write("above/new/1.left", "left\n");
                stage.Write("above/dovecot-uidlist", "3 V1 N2\n1 :1.left\n");
            },
            static stage => () => stage.Store.Create(Stage.Name("above"), SpecialUse.None),
            static after =>
            {
                bool isThere = after.Now.Mailboxes.TryGetValue("above", out MailboxView? made);
                Assert.That(isThere || !after.IsAcknowledged, Is.True);
                Assert.That(made?.Messages ?? [], Is.Empty, "messages of the mailbox that was deleted");
                after.Same("above/below");
            }),
        new(
            "DELETE of the last mailbox below a name",
            static stage =>
            {
                stage.Create("a/b/c");
                stage.Fill("a/b/c", 2);
            },
            static stage =>
            {
                stage.Told.MayVanish("a/b/c");
                return () => stage.Store.Delete(Stage.Name("a/b/c"));
            },
            static after =>
            {
                bool isThere = after.Now.Mailboxes.ContainsKey("a/b/c");
                Assert.That(isThere && after.IsAcknowledged, Is.False);
                if (isThere)
                {
                    after.Same("a/b/c");
                }
            }),
    ];
}
