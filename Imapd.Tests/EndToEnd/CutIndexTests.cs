using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>A user's program cuts the index short that a session of his has mapped: his affair, and nobody else's.</summary>
internal sealed class CutIndexTests : EndToEndTest
{
    // Enough that the index is mapped, and not read.
    private const int Messages = 4000;

    [Test]
    public void An_index_cut_short_under_a_session_ends_that_session_alone_and_no_UID_changes()
    {
        ImapdProcess server = StartForking();
        Fill(Alice);
        ImapClient victim = Login(server, Alice);
        string validity = UidValidity(victim.Command("SELECT INBOX"));
        string[] before = Uids(victim);
        Assert.That(before, Has.Length.EqualTo(Messages));
        ImapClient other = Login(server, Alice);
        ImapClient stranger = Login(server, Bob);

        using (FileStream index = File.OpenWrite(Path.Combine(Alice.Maildir, "imapd.index")))
        {
            Assert.That(index.Length, Is.GreaterThan(256 << 10), "it is mapped");
            index.SetLength(600);
        }

        victim.Send("v UID FETCH 1:* FLAGS\r\n");
        Assert.That(victim.ReadToEnd(), Does.Not.Contain("v OK"));
        server.WaitForLog("worker crashed", "signal=7");
        server.WaitForLog("logout", "worker-crashed", Alice.Name);
        Assert.That(server.LogLines.Count(static line => line.Contains("worker crashed", StringComparison.Ordinal)), Is.EqualTo(1), server.Log);

        Assert.That(other.Command("NOOP").IsOk, Is.True, "another session of his");
        Assert.That(stranger.Command("NOOP").IsOk, Is.True, "another user's");
        Assert.That(UidValidity(other.Command("SELECT INBOX")), Is.EqualTo(validity));
        Assert.That(Uids(other), Is.EqualTo(before));
        Assert.That(Login(server, Alice).Command("STATUS INBOX (MESSAGES)").Untagged[0], Does.Contain($"MESSAGES {Messages}"), "nobody is kept out");
    }

    private static string[] Uids(ImapClient client) =>
        [.. client.Command("UID FETCH 1:* FLAGS").Untagged.Select(static line => line[..line.IndexOf(" FLAGS", StringComparison.Ordinal)])];

    private static string UidValidity(ImapReply select) =>
        select.Untagged.Single(static line => line.Contains("[UIDVALIDITY ", StringComparison.Ordinal));

    private static void Fill(SystemUser user)
    {
        user.Deliver(Mail.WithUnixLines("first"));
        for (int i = 1; i < Messages; i++)
        {
            File.WriteAllText(Path.Combine(user.Maildir, "cur", $"{1_700_000_000 + i}.M{i}P1.test:2,S"), "Subject: x\n\n");
        }

        Shell.Do("chown", "-R", $"{user.UserId}:{user.GroupId}", user.Maildir);
    }
}
