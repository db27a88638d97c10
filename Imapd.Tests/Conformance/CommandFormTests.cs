using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>Commands and responses as such (RFC 9051 §2.2, §4).</summary>
public sealed class CommandFormTests
{
    [Test]
    public void A_tag_may_be_used_again()
    {
        using TestServer server = TestServer.StartAlone();
        server.LogIn().Converse("""
            C: a NOOP
            S: a OK …
            C: a NOOP
            S: a OK …
            C: a SELECT INBOX
            S: …
            S: a OK [READ-WRITE] …
            """);
    }
}
