using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Crash;

/// <summary>The operations whose promises are proven.</summary>
internal static class Scenarios
{
    private static readonly string[] Three = ["INBOX 1\r\n", "INBOX 2\r\n", "INBOX 3\r\n"];

    /// <summary>All that is stopped; <see cref="All"/> is what a session can ask for.</summary>
    public static IEnumerable<Scenario> AllAndParts => [.. All, .. DerivedScenarios.Parts];

    public static IEnumerable<Scenario> All =>
    [
        new(
            "APPEND",
            static stage => stage.Fill(),
            static stage => () => stage.Append("INBOX", SystemFlags.None, [], "new\r\n"),
            static after => after.AllOrNone("INBOX", "new\r\n")),
        new(
            "APPEND with a new keyword",
            static stage => stage.Fill(),
            static stage => () => stage.Append("INBOX", SystemFlags.Flagged, ["Fresh"], "new\r\n"),
            static after => after.AllOrNone("INBOX", "new\r\n")),
        new(
            "APPEND to a mailbox that has no UID list",
            static stage => Directory.CreateDirectory(Path.Combine(stage.Root, ".plain", "new")),
            static stage => () => stage.Append("plain", SystemFlags.None, [], "new\r\n"),
            static after => after.AllOrNone("plain", "new\r\n")),
        new(
            "APPEND of three at once",
            static stage => stage.Fill(),
            static stage => () => stage.Append("INBOX", SystemFlags.None, [], "a\r\n", "b\r\n", "c\r\n"),
            static after => after.AllOrNone("INBOX", "a\r\n", "b\r\n", "c\r\n")),
        new(
            "COPY of three",
            static stage => Two(stage, "there"),
            static stage => Copy(stage, "there"),
            static after =>
            {
                after.Same("INBOX");
                after.AllOrNone("there", Three);
            }),
        new(
            "MOVE of three",
            static stage => Two(stage, "there"),
            static stage => Move(stage, "there"),
            static after => EachIsOnce(after, "there")),
        new(
            "MOVE of one with a keyword",
            static stage =>
            {
                Two(stage, "there");
                stage.Append("INBOX", SystemFlags.Seen, ["Fresh"], "one\r\n");
            },
            static stage => Move(stage, "there", static uids => uids[^1..], "one\r\n"),
            static after =>
            {
                EachIsOnce(after, "there", "one\r\n");
                Assert.That(after.Now.Mailboxes.Values.SelectMany(static view => view.Messages)
                    .Single(static message => message.Content == "one\r\n").Flags, Is.EqualTo("Seen Fresh"));
            }),
        new(
            "COPY of three with keywords, within a mailbox",
            static stage => stage.Fill(),
            static stage => Copy(stage, "INBOX"),
            static after =>
            {
                Assert.That(after.Now["INBOX"].Messages.Take(4), Is.EqualTo(after.Before["INBOX"].Messages));
                Assert.That(
                    after.Now["INBOX"].Contents.Skip(4),
                    after.IsAcknowledged ? Is.EqualTo(Three) : Is.Empty.Or.EqualTo(Three));
            }),
        new(
            "MOVE within a mailbox",
            static stage => stage.Fill(),
            static stage => Move(stage, "INBOX"),
            static after => EachIsOnce(after, "INBOX")),
        new(
            "STORE of flags",
            static stage => stage.Fill(),
            static stage => Store(stage, SystemFlags.Flagged),
            static after => FlagsAre(after, static _ => "Flagged")),
        new(
            "STORE of flags and back",
            static stage => stage.Fill(),
            static stage =>
            {
                Mailbox mailbox = stage.Open();
                return () =>
                {
                    stage.Tell(mailbox.Flag(FlagChangeKind.Add, SystemFlags.Flagged));
                    stage.Tell(mailbox.Flag(FlagChangeKind.Remove, SystemFlags.Flagged));
                };
            },
            static after => Assert.That(
                after.Now["INBOX"].Messages.Select(static message => (message.Uid, message.Content)),
                Is.EqualTo(after.Before["INBOX"].Messages.Select(static message => (message.Uid, message.Content))))),
        new(
            "STORE of a new keyword",
            static stage => stage.Fill(),
            static stage => Store(stage, SystemFlags.None, "Fresh"),
            static after => FlagsAre(after, static _ => "Fresh")),
        new(
            "EXPUNGE of two",
            static stage =>
            {
                stage.Fill();
                stage.Append("INBOX", SystemFlags.Deleted, [], "gone 1\r\n", "gone 2\r\n");
                stage.Deliver("new\r\n");
            },
            Expunge,
            static after => Assert.That(
                after.Now["INBOX"].Messages.Where(static message => !message.Content.StartsWith("gone", StringComparison.Ordinal)),
                Is.EqualTo(after.Before["INBOX"].Messages.Where(static message => !message.Content.StartsWith("gone", StringComparison.Ordinal))))),
        new(
            "SUBSCRIBE",
            static stage => Subscribe(stage, "one", "two"),
            static stage => () => stage.Store.Subscribe(Stage.Name("three")),
            static after => SubscriptionsAre(after, ["one", "two"], ["one", "three", "two"])),
        new(
            "UNSUBSCRIBE",
            static stage => Subscribe(stage, "one", "two"),
            static stage => () => stage.Store.Unsubscribe(Stage.Name("one")),
            static after => SubscriptionsAre(after, ["one", "two"], ["two"])),
        .. NameScenarios.All,
        .. LookScenarios.All,
        .. DerivedScenarios.All,
        .. CourierScenarios.All,
        .. ImportScenarios.All,
    ];

    private static void Two(Stage stage, string other)
    {
        stage.Create(other);
        stage.Fill();
        stage.Fill(other, 2);
    }

    private static Action Copy(Stage stage, string to)
    {
        Mailbox mailbox = stage.Open();
        return () => Tell(stage, mailbox.Copy(mailbox.State.AllUids()[..3], Stage.Name(to)), to);
    }

    private static Action Move(Stage stage, string to) => Move(stage, to, static uids => uids[..3]);

    private static Action Move(Stage stage, string to, Func<Uid[], Uid[]> choose, params string[] contents)
    {
        Mailbox mailbox = stage.Open();
        Uid[] uids = choose(mailbox.State.AllUids());
        stage.Told.MayGo("INBOX", uids);
        return () =>
        {
            Tell(stage, mailbox.Move(uids, Stage.Name(to)), to, contents);
            if (!stage.IsCutOff())
            {
                stage.Told.IsGone("INBOX", uids);
            }
        };
    }

    /// <summary>Asserts that each message is in exactly one mailbox, and in the one it was to go to if that was acknowledged.</summary>
    public static void EachIsOnce(Aftermath after, string to, params string[] contents)
    {
        foreach (string content in contents.Length > 0 ? contents : Three)
        {
            Assert.That(
                after.Now.Mailboxes.Values.SelectMany(static view => view.Contents).Count(other => other == content),
                Is.EqualTo(1),
                "in exactly one mailbox");
            Assert.That(
                !after.IsAcknowledged || after.Now[to].Contents.Contains(content), Is.True, "where it was to be");
        }
    }

    private static void Tell(Stage stage, CopyResult copied, string to, params string[] contents)
    {
        for (int i = 0; i < copied.To.Count; i++)
        {
            stage.Tell(to, copied.UidValidity, copied.To[i], contents.Length > i ? contents[i] : $"INBOX {copied.From[i].Value}\r\n");
        }
    }

    private static Action Store(Stage stage, SystemFlags flags, params string[] keywords)
    {
        Mailbox mailbox = stage.Open();
        return () => stage.Tell(mailbox.Flag(FlagChangeKind.Add, flags, keywords));
    }

    private static Action Expunge(Stage stage)
    {
        Mailbox mailbox = stage.Open();
        Uid[] deleted = [.. mailbox.State.AllUids()[4..6]];
        stage.Told.MayGo("INBOX", deleted);
        return () =>
        {
            stage.Tell(mailbox.Expunge(null));
            if (!stage.IsCutOff())
            {
                stage.Told.IsGone("INBOX", deleted);
            }
        };
    }

    private static void FlagsAre(Aftermath after, Func<MessageView, string> added)
    {
        Assert.That(
            after.Now["INBOX"].Messages.Select(static message => (message.Uid, message.Content)),
            Is.EqualTo(after.Before["INBOX"].Messages.Select(static message => (message.Uid, message.Content))));
        foreach ((MessageView now, MessageView before) in after.Now["INBOX"].Messages.Zip(after.Before["INBOX"].Messages))
        {
            bool isChanged = now.Flags.Contains(added(before), StringComparison.Ordinal);
            Assert.That(isChanged || now.Flags == before.Flags, Is.True, $"{before.Flags} became {now.Flags}");
            Assert.That(isChanged || !after.IsAcknowledged || after.IsPowerFailure, Is.True, "flags that were acknowledged are lost");
        }
    }

    private static void Subscribe(Stage stage, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            stage.Store.Subscribe(Stage.Name(name));
        }
    }

    private static void SubscriptionsAre(Aftermath after, string[] before, string[] afterwards) => Assert.That(
        after.Now.Subscriptions,
        after.IsAcknowledged ? Is.EqualTo(afterwards) : Is.EqualTo(before).Or.EqualTo(afterwards));
}
