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
        Assert.That(used.Command("NOOP").IsOk, Is.True);

        ImapClient next = LoginInClear(server);

        Assert.That(idle.ReadToEnd(), Does.StartWith("* BYE [UNAVAILABLE]"));
        Assert.That(used.Command("NOOP").IsOk, Is.True);
        Assert.That(next.Command("NOOP").IsOk, Is.True);
    }

    [Test]
    public void Limits_of_workers_hold_after_the_login_and_lower_ones_stay()
    {
        ImapdProcess server = StartForking("--worker-limit", "data=256M", "--worker-limit", "nofile=100", "--worker-limit", "nproc=5000");
        Login(server, Alice);

        string limits = File.ReadAllText($"/proc/{server.WorkerOf(Alice).Id}/limits");

        Assert.That(limits, Does.Match(@"(?m)^Max data size +268435456 +268435456 "));
        Assert.That(limits, Does.Match(@"(?m)^Max open files +100 +100 "));
        Assert.That(limits, Does.Match(@"(?m)^Max processes +\d{1,4} +\d{1,4} "));
        Assert.That(limits, Does.Match(@"(?m)^Max core file size +0 +0 "));
    }

    private ImapClient LoginInClear(ImapdProcess server)
    {
        ImapClient client = Keep(ImapClient.ConnectClear(server.ClearPort));
        Assert.That(client.Login(Alice).Status, Does.StartWith("OK"), () => server.Log);
        return client;
    }
}
