using NUnit.Framework;

namespace Imapd.Tests.Worker;

public sealed class TranscriptTests
{
    [TestCase("a OK done", "a OK done", true)]
    [TestCase("a OK done", "a OK done!", false)]
    [TestCase("a OK …", "a OK ", true)]
    [TestCase("a OK …", "a NO ", false)]
    [TestCase("…[X]…done", "* OK [X] not done", true)]
    [TestCase("…[X]…done", "* OK [Y] not done", false)]
    [TestCase("ab…bc", "abc", false)]
    public void An_ellipsis_stands_for_anything(string pattern, string line, bool matches) =>
        Assert.That(Transcript.Matches(pattern, line), Is.EqualTo(matches));
}
