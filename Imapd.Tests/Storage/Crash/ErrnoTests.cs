using NUnit.Framework;

namespace Imapd.Tests.Storage.Crash;

/// <summary>Whatever the disk refuses, the session gets an answer, nothing is half done, and it goes on.</summary>
internal sealed class ErrnoTests
{
    [TestCaseSource(typeof(Scenarios), nameof(Scenarios.All))]
    public void When_any_call_fails_the_answer_says_why_and_nothing_is_half_done(Scenario scenario)
    {
        var run = new ErrnoRun(scenario);
        run.Run();
        TestContext.Out.WriteLine($"{run.Failed} calls failed");
        Assert.That(run.Problems, Is.Empty, () => string.Join('\n', run.Problems));
        Assert.That(run.Failed, Is.GreaterThan(10));
    }
}
