using Imapd.Protocol.Mime;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Cache;
using Imapd.Storage.Maildir.Change;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Crash;

/// <summary>Writing what follows from other files, and completing what a crash has interrupted: nothing of the mail changes.</summary>
internal static class DerivedScenarios
{
    public static IEnumerable<Scenario> All =>
    [
        new("Making the index", static stage => stage.Fill(), MakeIndex, NothingChanges),
        new("Writing the cache", static stage => stage.Fill(), static stage => Fill(stage.Open(), null), NothingChanges),
        new(
            "Writing the cache anew",
            static stage =>
            {
                stage.Fill();
                for (int i = 0; i < 3; i++)
                {
                    Fill(stage.Open(), null)();
                }
            },
            static stage => Fill(stage.Open(), 2048),
            NothingChanges),
        new(
            "Completing messages that were coming in together",
            static stage => stage.Fill(),
            static stage =>
            {
                Interrupt(stage);
                return () => Look(stage);
            },
            static after => Assert.That(after.Now["INBOX"].Contents.TakeLast(2), Is.EqualTo(new[] { "first\r\n", "second\r\n" }))),
        new(
            "Taking back what a COPY that ended has begun",
            static stage => stage.Fill(),
            static stage =>
            {
                InterruptLinks(stage);
                return () => Look(stage);
            },
            static after =>
            {
                // Where a call fails the mailbox is opened all the same, and the messages that were there already stay.
                Assert.That(after.Now["INBOX"].Messages.Take(4), Is.EqualTo(after.Before["INBOX"].Messages));
                Assert.That(after.Now["INBOX"].Contents.Skip(4), Is.SubsetOf(new[] { "first\r\n" }));
            }),
    ];

    /// <summary>What no session asks for by itself.</summary>
    public static IEnumerable<Scenario> Parts =>
    [
        new(
            "Writing the index anew",
            static stage => stage.Fill(),
            static stage =>
            {
                _ = stage.Open().Flag(FlagChangeKind.Add, SystemFlags.Draft);
                stage.Told.Hear(TreeView.Of(stage.Options));
                return () => Compact(stage);
            },
            static after => Assert.That(
                after.Now["INBOX"].Messages.Select(static message => (message.Uid, message.Content)),
                Is.EqualTo(after.Before["INBOX"].Messages.Select(static message => (message.Uid, message.Content))))),
    ];

    private static void NothingChanges(Aftermath after) => after.Same("INBOX");

    private static Action MakeIndex(Stage stage)
    {
        File.Delete(Path.Combine(stage.Root, IndexFile.FileName));
        return () => Look(stage);
    }

    private static void Look(Stage stage)
    {
        Mailbox mailbox = stage.Open();
        stage.TellAll(mailbox, mailbox.State);
    }

    private static void Compact(Stage stage)
    {
        Assert.That(DirectoryHandle.TryOpen(Octets.FromText(stage.Root), out DirectoryHandle? directory), Is.EqualTo(Errno.None));
        using (directory)
        using (MailboxLock.Take(directory!, MailboxLock.FileName, stage.Options))
        {
            using IndexFile index = IndexFile.TryOpen(directory!, false, out _)!;
            IndexFile.Create(directory!, false, index.View).Dispose();
        }
    }

    private static Action Fill(Mailbox mailbox, long? bound) => () =>
    {
        mailbox.Cache.BoundOctets = bound;
        foreach (Uid uid in mailbox.State.AllUids())
        {
            if (mailbox.Cache.BeginEntry(uid, 8, LineEnds.LfIsCrlf))
            {
                mailbox.Cache.Put(CacheKind.Envelope, new byte[200]);
                mailbox.Cache.EndEntry();
            }
        }

        mailbox.Cache.Rest();
    };

    private static void Interrupt(Stage stage)
    {
        stage.Write("tmp/1900000000.M1P1Q1.test,S=6,W=7", "first\n");
        stage.Write("tmp/1900000000.M2P1Q2.test,S=7,W=8", "second\n");
        WriteIntent(stage, areLinks: false);
    }

    /// <summary>Whether a file in <c>tmp/</c> is a link of <see cref="InterruptLinks"/>: it stays there until it is swept.</summary>
    public static bool IsTakenBack(string path) => Path.GetFileName(path) == "1900000000.M1P1Q1.test,S=6,W=7";

    private static void InterruptLinks(Stage stage)
    {
        stage.Write("new/1900000000.M1P1Q1.test,S=6,W=7", "first\n");
        WriteIntent(stage, areLinks: true);
    }

    private static void WriteIntent(Stage stage, bool areLinks)
    {
        Assert.That(DirectoryHandle.TryOpen(Octets.FromText(stage.Root), out DirectoryHandle? directory), Is.EqualTo(Errno.None));
        using (directory)
        {
            CopyIntent.Write(
                directory!,
                [
                    new StagedMessage(true, "1900000000.M1P1Q1.test,S=6,W=7", "1900000000.M1P1Q1.test,S=6,W=7"),
                    new StagedMessage(false, "1900000000.M2P1Q2.test,S=7,W=8", MessageName.WithFlags("1900000000.M2P1Q2.test,S=7,W=8", SystemFlags.Seen, 0)),
                ],
                areLinks);
        }
    }
}
