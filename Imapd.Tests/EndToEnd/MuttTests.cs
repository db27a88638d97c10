using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>mutt, driven by keys it pushes to itself on a terminal that nobody looks at.</summary>
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
        string copied = directory.Combine("copied");
        string configuration = directory.Write(
            "muttrc",
            $"""
            set imap_user="{Alice.Name}" imap_pass="{Alice.Password}"
            set folder="imaps://localhost:{server.TlsPort}/" spoolfile="imaps://localhost:{server.TlsPort}/INBOX"
            set certificate_file="{Certificate.CertificateFile}" ssl_ca_certificates_file="{Certificate.CertificateFile}"
            set quit=yes delete=yes move=no confirmappend=no confirmcreate=no wait_key=no mbox_type=mbox sort=mailbox-order
            unset mark_old
            push "<tag-pattern>~s number<enter><tag-prefix><copy-message>{copied}<enter><untag-pattern>.<enter><first-entry><flag-message><last-entry><delete-message><sync-mailbox><quit>"

            """);

        ShellResult result = Shell.Run(
            "script",
            ["--quiet", "--return", "--command", $"mutt -n -F {configuration}", "/dev/null"],
            environment: new Dictionary<string, string> { ["TERM"] = "xterm", ["HOME"] = directory.Path });

        Assert.That(result.Status, Is.Zero, result.ToString);
        string mail = File.Exists(copied) ? File.ReadAllText(copied) : "";
        Assert.That(Enumerable.Range(1, 3).Select(i => $"text of {i}"), Is.All.Matches<string>(mail.Contains), result.ToString);
        ImapClient client = Login(server, Alice);
        Assert.That(client.Command("SELECT INBOX").Untagged, Has.Some.EqualTo("* 2 EXISTS"));
        Assert.That(client.Command("SEARCH FLAGGED").Untagged, Has.Some.EqualTo("* SEARCH 1"));
    }
}
