using NUnit.Framework;

namespace Imapd.Tests.Fuzz.Sessions;

/// <summary>
/// Whatever a client sends in whatever state, half of it right, the server answers, says nothing that is not the grammar, and
/// harms no mail. Time, seed and target come from the environment as for <see cref="FuzzTests"/>.
/// </summary>
internal sealed class SessionFuzzTests
{
    private static IEnumerable<FuzzedState> Chosen =>
        FuzzedState.All.Where(static state => FuzzSettings.Target.Length == 0 || state.Name == FuzzSettings.Target);

    [Category("Fuzz")]
    [TestCaseSource(nameof(Chosen))]
    public void No_client_does_harm_in(FuzzedState state)
    {
        var fuzz = new SessionFuzz(state, FuzzSettings.Seed, StartInProcess);
        fuzz.Run(FuzzSettings.TimeForEach);
        TestContext.Out.WriteLine($"{state}: {fuzz.Tried} inputs, {fuzz.Goodbyes} goodbyes, seed {FuzzSettings.Seed}");
        Assert.That(fuzz.Tried, Is.Positive);
    }

    private static InProcessServer StartInProcess() => new();
}
