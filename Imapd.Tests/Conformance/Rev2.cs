using Imapd.Tests.Worker;

namespace Imapd.Tests.Conformance;

/// <summary>A server whose first client has said that it speaks IMAP4rev2.</summary>
internal static class Rev2
{
    /// <summary>INBOX is selected, with these messages in it, all seen.</summary>
    public static TestServer Start(params string[] messages)
    {
        TestServer server = TestServer.StartAlone(messages);
        server.LogIn().Converse("""
            C: e ENABLE IMAP4rev2
            S: * ENABLED IMAP4rev2
            S: e OK …
            C: s SELECT INBOX
            S: …
            S: s OK [READ-WRITE] …
            """);
        return server;
    }
}
