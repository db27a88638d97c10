using NUnit.Framework;

namespace Imapd.Tests.Fuzz;

/// <summary>Whatever octets come, nothing fails, hangs or takes memory beyond its limit (see <see cref="FuzzTarget"/>).</summary>
internal sealed class FuzzTests
{
    private static IEnumerable<string> Chosen => FuzzTargets.Names.Where(static name => FuzzSettings.Target.Length == 0 || name == FuzzSettings.Target);

    private static IEnumerable<string> CorpusNames => FuzzTargets.Names;

    [Category("Fuzz")]
    [TestCaseSource(nameof(Chosen))]
    public void No_octets_do_harm_to(string name)
    {
        using FuzzTarget target = FuzzTargets.Make(name);
        if (FuzzSettings.Input.Length > 0)
        {
            TestContext.Out.WriteLine(FuzzRun.TryOnce(target, File.ReadAllBytes(FuzzSettings.Input)));
            return;
        }

        using var run = new FuzzRun(target, FuzzSettings.Seed);
        run.Run(FuzzSettings.TimeForEach);
        TestContext.Out.WriteLine($"{name}: {run.Tried} inputs, {run.Ways} ways, seed {FuzzSettings.Seed}");
        Assert.That(run.Tried, Is.Positive);
    }

    [TestCaseSource(nameof(CorpusNames))]
    public void What_did_harm_once_does_none_any_more_to(string name)
    {
        using FuzzTarget target = FuzzTargets.Make(name);
        foreach (byte[] seed in target.Seeds)
        {
            FuzzRun.TryOnce(target, seed);
        }

        foreach (string file in FuzzRun.CorpusFiles(target))
        {
            Assert.That(() => FuzzRun.TryOnce(target, File.ReadAllBytes(file)), Throws.Nothing, file);
        }
    }

    [Test]
    public void Every_directory_of_the_corpus_belongs_to_a_target()
    {
        string corpus = Architecture.Repository.Combine("Imapd.Tests", "Fuzz", "Corpus");
        Assert.That(Directory.GetDirectories(corpus).Select(Path.GetFileName), Is.SubsetOf(FuzzTargets.Names));
    }
}
