using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>How many may come; those who are too many are told so, and the service goes on.</summary>
internal sealed class LimitTests : EndToEndTest
{
    [TestCase("--max-connections")]
    [TestCase("--max-per-address")]
    public void A_connection_too_many_is_told_so_and_the_next_gets_in_when_one_has_left(string option)
    {
        // Logged in, because who is not makes room for others before anybody is refused.
        ImapdProcess server = StartForking(option, "2", "--insecure-auth");
        ImapClient first = ImapClient.ConnectClear(server.ClearPort);
        Assert.That(first.Login(Alice).Status, Does.StartWith("OK"));
        ImapClient second = Keep(ImapClient.ConnectClear(server.ClearPort));
        Assert.That(second.Login(Bob).Status, Does.StartWith("OK"));

        ImapClient third = Keep(ImapClient.ConnectClear(server.ClearPort));
        Assert.That(third.Greeting, Does.StartWith("* BYE [UNAVAILABLE]").Or.StartWith("* BYE [LIMIT]"));
        Assert.That(third.ReadLine(), Is.Null);
        Assert.That(second.Command("NOOP").IsOk, Is.True);

        first.Command("LOGOUT");
        first.Dispose();
        string greeting = "";
        Wait.Until(
            () =>
            {
                using ImapClient next = ImapClient.ConnectClear(server.ClearPort);
                greeting = next.Greeting;
                return greeting.StartsWith("* OK", StringComparison.Ordinal);
            },
            "there is room again");
        Assert.That(greeting, Does.StartWith("* OK"));
    }

    [Test]
    public void A_message_beyond_the_users_limit_of_file_sizes_is_refused_and_the_session_goes_on()
    {
        RequireRoot();
        ImapdProcess server = StartTlsThrough(["/usr/bin/prlimit", "--fsize=10240"], "--fork", "--pam-service", EndToEndSetup.Pam.Name);
        ImapClient client = Login(server, Alice);

        Assert.That(client.Append("INBOX", Mail.With("large", new string('x', 50_000))).Status, Does.StartWith("NO"));
        Assert.That(client.Append("INBOX", Mail.With("small", "x")).IsOk, Is.True);
    }

    [Test]
    public void A_user_at_his_limit_loses_his_oldest_session_and_gets_the_new_one()
    {
        ImapdProcess server = StartForking("--max-per-user", "2");
        ImapClient oldest = Login(server, Alice);
        ImapClient bob = Login(server, Bob);
        ImapClient second = Login(server, Alice);
        ImapClient third = Login(server, Alice);

        Assert.That(oldest.ReadToEnd(), Does.StartWith("* BYE [UNAVAILABLE]"));
        Assert.That(second.Command("NOOP").IsOk, Is.True);
        Assert.That(third.Command("NOOP").IsOk, Is.True);
        Assert.That(bob.Command("NOOP").IsOk, Is.True);
    }

    [Test]
    public void Of_a_users_sessions_the_one_idle_the_longest_is_closed_in_clear_as_under_TLS()
    {
        ImapdProcess server = StartForking("--max-per-user", "2", "--insecure-auth");
        ImapClient used = LoginInClear(server);
        ImapClient idle = LoginInClear(server);
        Thread.Sleep(20); // the kernel counts idle time in milliseconds
        Assert.That(used.Command("NOOP").IsOk, Is.True);

        ImapClient next = LoginInClear(server);

        Assert.That(idle.ReadToEnd(), Does.StartWith("* BYE [UNAVAILABLE]"));
        Assert.That(used.Command("NOOP").IsOk, Is.True);
        Assert.That(next.Command("NOOP").IsOk, Is.True);
    }

    private ImapClient LoginInClear(ImapdProcess server)
    {
        ImapClient client = Keep(ImapClient.ConnectClear(server.ClearPort));
        Assert.That(client.Login(Alice).Status, Does.StartWith("OK"), () => server.Log);
        return client;
    }
}
