using NUnit.Framework;

namespace Imapd.Tests.Storage.Crash;

/// <summary>Nothing that was acknowledged is lost, whenever the process is killed or the power fails.</summary>
internal sealed class CrashTests
{
    [TestCaseSource(typeof(Scenarios), nameof(Scenarios.AllAndParts))]
    public void Stopped_after_any_call_it_has_kept_its_promises(Scenario scenario)
    {
        var run = new CrashRun(scenario);
        run.Run();
        TestContext.Out.WriteLine($"{run.Stops} stops, {run.Trees} trees");
        Assert.That(run.Stops, Is.GreaterThan(1), "nothing was changed, so nothing was proven");
    }
}
