using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Crash;

/// <summary>Runs an operation stopped at each of its calls, and looks at what is left.</summary>
internal sealed class CrashRun(Scenario scenario)
{
    private readonly HashSet<string> _seen = [];

    /// <summary>How often the world was stopped.</summary>
    public int Stops { get; private set; }

    /// <summary>How many trees were looked at.</summary>
    public int Trees { get; private set; }

    public void Run()
    {
        bool isAcknowledged;
        do
        {
            Stops++;
            isAcknowledged = RunTo(Stops);
        }
        while (!isAcknowledged);
    }

    private bool RunTo(int stop)
    {
        using var stage = new Stage(scenario.Layout);
        scenario.Prepare(stage);
        TreeView before = TreeView.Of(stage.Options);
        stage.Told.Hear(before);
        Action act = scenario.Begin(stage);
        bool isAcknowledged;
        string victim;
        List<DiskImage> images;
        using (var disk = new DiskModel(stage.Root) { StopAt = stop })
        {
            stage.IsCutOff = () => disk.IsStopped;
            try
            {
                act();
            }
            catch (StoreException) when (disk.IsStopped)
            {
                // What a session in a process that is no more would have answered.
            }

            isAcknowledged = !disk.IsStopped;
            victim = disk.Victim;
            stage.EndSession();
            images = [.. disk.Images()];
            disk.Close();
        }

        var aftermath = new Aftermath(before, before, isAcknowledged, false);
        using (new FaultSeam { GrantsWatches = false })
        {
            Look(stage, stage.Options, aftermath, $"stop {stop}, at {victim}");
        }

        foreach (DiskImage image in images)
        {
            if (_seen.Add($"{isAcknowledged} {image.Signature}"))
            {
                StoreOptions options = stage.Options with { Root = $"{stage.Root}-image" };
                try
                {
                    using (image.Build(options.Root))
                    {
                        Aftermath failure = aftermath with { IsPowerFailure = true, AreNamesLost = image.AreNamesLost };
                        Look(stage, options, failure, $"stop {stop}, at {victim}: {image.Description}");
                    }
                }
                finally
                {
                    Directory.Delete(options.Root, true);
                }
            }
        }

        return isAcknowledged;
    }

    private void Look(Stage stage, StoreOptions options, Aftermath aftermath, string where)
    {
        Trees++;
        try
        {
            if (!aftermath.IsPowerFailure && !scenario.IsInDisorder)
            {
                Invariants.Check(options, "as it was left");
            }

            TreeView now = TreeView.Of(options);
            Invariants.Check(options, "opened again", aftermath.IsPowerFailure);
            stage.Told.Check(now, aftermath.AreNamesLost);
            scenario.Verify(aftermath with { Now = now });
            GoOn(options, now, stage.Told, scenario.IsInDisorder);
            Invariants.Check(options, "used again", aftermath.IsPowerFailure);
        }
        catch (Exception error) when (error is not AssertionException)
        {
            Assert.Fail($"{scenario.Name}, {where}:\n{error}\n{Listing(options.Root)}");
        }
        catch (AssertionException error)
        {
            throw new AssertionException($"{scenario.Name}, {where}:\n{error.Message}\n{Listing(options.Root)}", error);
        }
    }

    /// <summary>The mail is not only there: every mailbox takes a message and a read-write session, and shows the same afterwards.</summary>
    public static void GoOn(StoreOptions options, TreeView now, Told told, bool mayShowMore)
    {
        using MailStore store = MailStore.Open(options);
        told.CheckGoneNames(store, now);
        foreach (MailboxView mailbox in now.Mailboxes.Values)
        {
            MailboxName name = Stage.Name(mailbox.Name);
            using AppendBatch batch = store.BeginAppend(name);
            batch.BeginMessage(FlagSet.Empty, null).Write("later\r\n"u8);
            AppendResult added = batch.Commit();
            Assert.That(added.Uids[0].Value, Is.GreaterThanOrEqualTo(mailbox.UidNext), "the UID of the next message");
            using Mailbox session = store.Select(name, readOnly: false);
            MailboxView later = MailboxView.Of(store, name);
            MessageView[] expected = [.. mailbox.Messages, new MessageView(added.Uids[0].Value, "later\r\n", "None")];
            Assert.That(later.Messages.Take(expected.Length), Is.EqualTo(expected));
            Assert.That(later.Messages, mayShowMore ? Is.Not.Empty : Has.Count.EqualTo(expected.Length));
            Assert.That(session.State.Count, Is.EqualTo(later.Messages.Count));
            Assert.That(later.UidValidity, Is.EqualTo(mailbox.UidValidity));
            told.CheckNextModSeq(later);
        }
    }

    /// <summary>What is in the tree, for reports.</summary>
    public static string Listing(string root) => string.Join('\n', Directory
        .EnumerateFileSystemEntries(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        .Order(StringComparer.Ordinal)
        .Select(path => $"  {path[root.Length..]} {(File.Exists(path) ? new FileInfo(path).Length : -1)}"));
}
