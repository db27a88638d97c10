using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>IDLE tells of what others do to the mailbox (RFC 9051 §6.3.13).</summary>
internal sealed class IdleTests : EndToEndTest
{
    [Test]
    public void A_delivery_into_new_is_told()
    {
        ImapClient idling = Idle(StartForking());
        Alice.Deliver(Mail.WithUnixLines("news"));
        Assert.That(idling.ReadUntil("EXISTS"), Is.EqualTo("* 1 EXISTS"));
        Done(idling);
    }

    [Test]
    public void Flags_and_expunges_of_another_session_are_told()
    {
        ImapdProcess server = StartForking();
        Alice.Deliver(Mail.WithUnixLines("one"));
        Alice.Deliver(Mail.WithUnixLines("two"));
        ImapClient idling = Idle(server);
        ImapClient other = Login(server, Alice);
        other.Command("SELECT INBOX");

        other.Command(@"STORE 1 +FLAGS (\Deleted \Flagged)");
        Assert.That(idling.ReadUntil("FETCH"), Does.StartWith("* 1 FETCH").And.Contain(@"\Deleted").And.Contain(@"\Flagged"));
        other.Command("EXPUNGE");
        Assert.That(idling.ReadUntil("EXPUNGE"), Is.EqualTo("* 1 EXPUNGE"));
        Done(idling);
    }

    [Test]
    public void Flags_and_removals_by_another_program_are_told()
    {
        ImapdProcess server = StartForking();
        string file = Alice.Deliver(Mail.WithUnixLines("one"));
        ImapClient idling = Idle(server);
        string name = Path.GetFileName(Directory.GetFiles(Alice.Maildir, Path.GetFileName(file) + "*", SearchOption.AllDirectories).Single());
        string current = Directory.GetFiles(Alice.Maildir, name, SearchOption.AllDirectories).Single();
        string baseName = name.Split(':')[0];
        string seen = Path.Combine(Alice.Maildir, "cur", baseName + ":2,S");

        File.Move(current, seen);
        Assert.That(idling.ReadUntil("FETCH"), Does.StartWith("* 1 FETCH").And.Contain(@"\Seen"));
        File.Delete(seen);
        Assert.That(idling.ReadUntil("EXPUNGE"), Is.EqualTo("* 1 EXPUNGE"));
        Done(idling);
    }

    [Test]
    public void DONE_and_the_next_command_may_come_together()
    {
        ImapClient idling = Idle(StartForking());
        idling.Send("DONE\r\nnext NOOP\r\n");
        Assert.That(idling.Finish("idle").IsOk, Is.True);
        Assert.That(idling.Finish("next").IsOk, Is.True);
    }

    [Test]
    public void IDLE_DONE_and_the_next_command_may_come_in_one_packet()
    {
        ImapClient client = Login(StartForking(), Alice);
        client.Command("SELECT INBOX");
        client.Send("idle IDLE\r\nDONE\r\nnext NOOP\r\n");
        Assert.That(client.Finish("idle").IsOk, Is.True);
        Assert.That(client.Finish("next").IsOk, Is.True);
    }

    [Test]
    public void Anything_but_DONE_ends_IDLE_with_BAD_and_the_session_goes_on()
    {
        ImapClient idling = Idle(StartForking());
        idling.Send("NOOP\r\n");
        Assert.That(idling.Finish("idle").Status, Does.StartWith("BAD"));
        Assert.That(idling.Command("NOOP").IsOk, Is.True);
    }

    [Test]
    public void A_delivery_is_told_to_two_idling_sessions()
    {
        ImapdProcess server = StartForking();
        ImapClient first = Idle(server);
        ImapClient second = Idle(server);
        Alice.Deliver(Mail.WithUnixLines("news"));
        Assert.That(first.ReadUntil("EXISTS"), Is.EqualTo("* 1 EXISTS"));
        Assert.That(second.ReadUntil("EXISTS"), Is.EqualTo("* 1 EXISTS"));
    }

    [TestCase("0", Description = "probes are not answered")]
    [TestCase("1", Description = "what it is told is not acknowledged")]
    public void A_client_whose_host_is_gone_is_given_up(string stillHere)
    {
        ImapdProcess server = StartForking("--peer-timeout", "4", "--still-here", stillHere);
        ImapClient idling = Idle(server);

        idling.Vanish();

        Assert.That(server.WaitForLog("logout", Alice.Name), Does.Contain("reason=disconnected"));
    }

    [Test]
    public void A_client_that_is_only_silent_is_not_given_up()
    {
        ImapdProcess server = StartForking("--peer-timeout", "2", "--still-here", "0");
        ImapClient silent = Idle(server);
        ImapClient gone = Idle(server);
        gone.Vanish();
        server.WaitForLog("logout", Alice.Name);

        Done(silent);
    }

    private ImapClient Idle(ImapdProcess server)
    {
        ImapClient client = Login(server, Alice);
        Assert.That(client.Command("SELECT INBOX").IsOk, Is.True);
        client.Send("idle IDLE\r\n");
        Assert.That(client.ReadUntil("+"), Does.StartWith("+"));
        return client;
    }

    private static void Done(ImapClient idling)
    {
        idling.Send("DONE\r\n");
        Assert.That(idling.Finish("idle").IsOk, Is.True);
    }
}
