using Imapd.Tests.Architecture;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

public sealed class SessionReadmeTests
{
    [Test]
    public void The_session_in_the_README_is_how_it_goes()
    {
        string readme = File.ReadAllText(Repository.Combine("README.md"));
        const string Begin = "```imap\n";
        int start = readme.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        string transcript = readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)];
        Assert.That(transcript, Does.Contain("LOGIN").And.Contain("LOGOUT"));
        using TestServer server = TestServer.StartAlone();
        server.ConnectSilently().Converse(transcript);
    }
}
