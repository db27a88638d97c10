using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Native;
using NUnit.Framework;
using NUnit.Framework.Internal;

namespace Imapd.Tests.Storage.Crash;

/// <summary>Runs an operation with each of its calls failing once, in each way it can fail.</summary>
internal sealed class ErrnoRun(Scenario scenario)
{
    // EDQUOT goes where ENOSPC goes, ENFILE where EMFILE does.
    private static readonly Errno[] Failures =
        [Errno.EINTR, Errno.EIO, Errno.ENOSPC, Errno.EROFS, Errno.EACCES, Errno.EMFILE];

    /// <summary>How many calls failed.</summary>
    public int Failed { get; private set; }

    /// <summary>What went wrong, all of it: one fault often shows at several calls.</summary>
    public List<string> Problems { get; } = [];

    public void Run()
    {
        foreach (Errno failure in Failures)
        {
            for (int call = 1; RunWith(failure, call); call++)
            {
            }
        }
    }

    // False when there are no so many calls.
    private bool RunWith(Errno failure, int call)
    {
        using var stage = new Stage(scenario.Layout);
        using var noWatches = new FaultSeam { GrantsWatches = false };
        scenario.Prepare(stage);
        TreeView before = TreeView.Of(stage.Options);
        stage.Told.Hear(before);
        Action act = scenario.Begin(stage);
        StoreException? refused = null;
        FaultSeam seam;
        using (seam = new FaultSeam { Counts = kind => FaultSeam.CanFail(kind, failure), FailAt = call, Failure = failure })
        {
            stage.IsCutOff = () => refused is not null;
            try
            {
                act();
            }
            catch (StoreException error)
            {
                refused = error;
            }
            catch (Exception error)
            {
                Problems.Add($"{failure} of {seam.Victim}:\n{error}");
            }
        }

        if (!seam.HasFailed)
        {
            return false;
        }

        Failed++;
        try
        {
            using var isolated = new TestExecutionContext.IsolatedContext();
            CheckAnswer(failure, refused);
            CheckLeftovers(stage, seam.Victim);
            stage.EndSession();
            if (!scenario.IsInDisorder)
            {
                Invariants.Check(stage.Options, "after the failure");
            }

            TreeView now = TreeView.Of(stage.Options);

            // An index that could not be written was the session's alone, and with it the numbers of its last changes.
            stage.Told.Check(now, mayBeUndone: true);
            scenario.Verify(new Aftermath(before, now, IsAcknowledged: refused is null, IsPowerFailure: false));
            CrashRun.GoOn(stage.Options, now, stage.Told, scenario.IsInDisorder);
        }
        catch (Exception error) when (error is AssertionException or StoreException)
        {
            Problems.Add(
                $"{failure} of {seam.Victim}, answer {refused?.Error}: {refused?.Message}\n{error.Message}\n{CrashRun.Listing(stage.Root)}");
        }

        return true;
    }

    private static void CheckAnswer(Errno failure, StoreException? refused)
    {
        if (refused is null)
        {
            return;
        }

        Assert.That(refused.Error, Is.EqualTo(failure switch
        {
            Errno.ENOSPC or Errno.EDQUOT => StoreError.OverQuota,
            Errno.EROFS => StoreError.ReadOnly,
            Errno.EACCES => StoreError.NoPermission,
            _ => StoreError.Unavailable,
        }));
        Assert.That(failure, Is.Not.EqualTo(Errno.EINTR), "a call that is interrupted is made again");
        Assert.That(refused.Message, Has.Length.GreaterThan(10).And.Not.Contains("/"));
    }

    // An intent that could not be completed keeps its messages in tmp for the next time.
    private static bool IsComingIn(string path) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(path))!, "imapd.intent"));

    // What is to be removed stays when it is the removal that fails; of a mailbox, until the next DELETE.
    private static void CheckLeftovers(Stage stage, string victim)
    {
        string[] leftovers = [.. Directory
            .EnumerateFileSystemEntries(stage.Root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Where(static path => Path.GetFileName(Path.GetDirectoryName(path)) == "tmp"
                || path.EndsWith(".tmp", StringComparison.Ordinal)
                || path.EndsWith("uidlist.lock", StringComparison.Ordinal)
                || path.Contains("/imapd.new.", StringComparison.Ordinal))
            .Where(static path => !path.Contains("/imapd.deleted.", StringComparison.Ordinal) && !IsComingIn(path) && !DerivedScenarios.IsTakenBack(path))];
        Assert.That(leftovers, victim.StartsWith("Unlink", StringComparison.Ordinal) ? Has.Length.LessThan(20) : Is.Empty, "left behind");
    }
}
