using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>mutt over TLS.</summary>
internal sealed class MuttTests : EndToEndTest
{
    [Test]
    public void Mutt_copies_flags_and_deletes()
    {
        RequireProgram("mutt", "mutt");
        RequireProgram("script", "bsdutils");
        ImapdProcess server = StartForking();
        for (int i = 1; i <= 3; i++)
        {
            Alice.Deliver(Mail.WithUnixLines($"number {i}", $"text of {i}"));
        }
        using var directory = new TemporaryDirectory();
        MuttReader.CopyFlagAndDelete(
            directory,
            $"""
            set imap_user="{Alice.Name}" imap_pass="{Alice.Password}"
            set folder="imaps://localhost:{server.TlsPort}/" spoolfile="imaps://localhost:{server.TlsPort}/INBOX"
            set certificate_file="{Certificate.CertificateFile}" ssl_ca_certificates_file="{Certificate.CertificateFile}"
            """);

        ImapClient client = Login(server, Alice);
        Assert.That(client.Command("SELECT INBOX").Untagged, Has.Some.EqualTo("* 2 EXISTS"));
        Assert.That(client.Command("SEARCH FLAGGED").Untagged, Has.Some.EqualTo("* SEARCH 1"));
    }
}
