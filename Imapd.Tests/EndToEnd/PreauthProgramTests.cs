using System.Globalization;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary><c>--preauth-program</c>: the administrator's program says who a client is.</summary>
internal sealed class PreauthProgramTests : EndToEndTest
{
    private TemporaryDirectory _directory = null!;

    private string Seen => _directory.Combine("seen");

    private string[] SeenLines => File.Exists(Seen) ? File.ReadAllLines(Seen) : [];

    [SetUp]
    public void MakeDirectory()
    {
        RequireRoot();
        _directory = new TemporaryDirectory();
        File.WriteAllText(_directory.Combine("seen"), "");
        File.SetUnixFileMode(Seen, (UnixFileMode)0b110_110_110);
    }

    [TearDown]
    public void RemoveDirectory() => _directory?.Dispose();

    [Test]
    public void Whom_it_names_is_greeted_PREAUTH_and_served_as_that_user()
    {
        Alice.Deliver(Mail.WithUnixLines("mine"));
        ImapdProcess server = Start($"[ $TCPREMOTEIP = 127.0.0.2 ] && echo {Alice.Name}");

        ImapClient known = Keep(ImapClient.ConnectTls(server.TlsPort, from: "127.0.0.2"));
        Assert.That(known.Greeting, Does.StartWith("* PREAUTH [CAPABILITY ").And.EndsWith(Alice.Name));
        Assert.That(known.Command("SELECT INBOX").Untagged, Has.Some.EqualTo("* 1 EXISTS"));
        Assert.That(server.WorkerOf(Alice).UserId, Is.EqualTo(Alice.UserId));
        server.WaitForLog("login user=" + Alice.Name, "rip=127.0.0.2");

        ImapClient other = Connect(server);
        Assert.That(other.Greeting, Does.StartWith("* OK"));
        Assert.That(other.Login(Bob).IsOk, Is.True);
    }

    [Test]
    public void It_runs_as_an_unprivileged_account_and_knows_both_ends_of_the_connection()
    {
        ImapdProcess server = Start($"env >{Seen}; grep -E '^(Uid|Gid|Groups|CapEff|CapBnd|NoNewPrivs|SigIgn)' /proc/self/status >>{Seen}; ls -l /proc/self/fd >>{Seen}; pwd >>{Seen}");
        ImapClient client = Connect(server);
        Assert.That(client.Greeting, Does.StartWith("* OK"));

        string[] nobody = Shell.Do("getent", "passwd", "nobody").Split(':');
        string[] expected =
        [
            "PROTO=TCP", "TCPREMOTEIP=127.0.0.1", $"TCPREMOTEPORT={client.LocalPort}", "TCPLOCALIP=127.0.0.1", $"TCPLOCALPORT={server.TlsPort}",
            "USER=nobody", "/",
            $"Uid:\t{nobody[2]}\t{nobody[2]}\t{nobody[2]}\t{nobody[2]}", $"Gid:\t{nobody[3]}\t{nobody[3]}\t{nobody[3]}\t{nobody[3]}", $"Groups:\t{nobody[3]} ",
            "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1",
        ];
        Assert.That(SeenLines, Is.SupersetOf(expected), () => string.Join('\n', SeenLines));
        const long BrokenPipe = 1 << 12;
        string ignored = SeenLines.Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:\t".Length..];
        Assert.That(long.Parse(ignored, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & BrokenPipe, Is.Zero);
        Assert.That(SeenLines, Has.None.Contains("socket:"), () => string.Join('\n', SeenLines));
    }

    [TestCase("exit 1")]
    [TestCase("true")]
    [TestCase("echo")]
    [TestCase("echo ALICE; exit 3")]
    [TestCase("echo ALICE; kill -9 $$")]
    [TestCase("echo ALICE; echo ALICE")]
    [TestCase("printf 'ALICE\\000'")]
    [TestCase("echo ' ALICE'")]
    [TestCase("head -c 100000 /dev/zero | tr '\\0' x")]
    [TestCase("while :; do echo ALICE; done")]
    [TestCase("exec /no/such/program")]
    [TestCase("echo root")]
    [TestCase("echo daemon")]
    [TestCase("echo no-such-user")]
    [TestCase("read line; echo $line")]
    public void Whoever_it_does_not_name_is_greeted_as_ever_and_may_log_in(string script)
    {
        ImapdProcess server = Start(script.Replace("ALICE", Alice.Name, StringComparison.Ordinal));
        ImapClient client = Connect(server);

        Assert.That(client.Greeting, Does.StartWith("* OK"));
        Assert.That(client.Login(Alice).IsOk, Is.True, () => server.Log);
    }

    [Test]
    public void An_expired_account_is_not_let_in_by_its_name()
    {
        using var expired = SystemUser.Create();
        Shell.Do("/usr/bin/chage", "--expiredate", "1", expired.Name);
        ImapdProcess server = Start($"echo {expired.Name}");

        Assert.That(Connect(server).Greeting, Does.StartWith("* OK"));
        server.WaitForLog("worker says", $"names {expired.Name}, who may not log in", "expired");
    }

    [Test]
    public void A_known_user_without_a_home_is_greeted_with_BYE()
    {
        using var user = SystemUser.Create();
        Directory.Delete(user.Home, recursive: true);

        Assert.That(Connect(Start($"echo {user.Name}")).Greeting, Does.StartWith("* BYE [UNAVAILABLE] "));
    }

    [Test]
    public void Without_TLS_it_is_asked_only_where_passwords_may_come_in_clear()
    {
        ImapdProcess strict = Start($"echo asked >>{Seen}; echo {Alice.Name}");
        Assert.That(Keep(ImapClient.ConnectClear(strict.ClearPort)).Greeting, Does.StartWith("* OK"));
        Assert.That(SeenLines, Is.Empty);

        ImapdProcess lax = Start($"echo asked >>{Seen}; echo {Alice.Name}", "--insecure-auth");
        Assert.That(Keep(ImapClient.ConnectClear(lax.ClearPort)).Greeting, Does.StartWith("* PREAUTH"));
    }

    [Test]
    public void When_it_takes_too_long_it_is_killed_with_what_it_started()
    {
        ImapdProcess server = Start($"sleep 1000 & echo $! >>{Seen}; echo $$ >>{Seen}; echo {Alice.Name}; wait", "--login-timeout", "1");
        ImapClient client = Connect(server);

        Assert.That(client.Greeting, Does.StartWith("* OK"));
        server.WaitForLog("did not answer in 1 s");
        AssertGone();
    }

    [Test]
    public void SIGTERM_does_not_wait_for_it_and_ends_it()
    {
        ImapdProcess server = Start($"sleep 1000 & echo $! >>{Seen}; echo $$ >>{Seen}; wait");
        using ImapClient client = ImapClient.Open(server.TlsPort);
        Task greeting = Task.Run(() => client.StartHandshake(System.Security.Authentication.SslProtocols.None));
        Wait.Until(() => SeenLines.Length == 2, "it runs");

        Assert.That(server.Stop(), Is.Zero);
        AssertGone();
        Assert.That(() => greeting.Wait(TimeSpan.FromSeconds(30)), Is.True);
    }

    private void AssertGone()
    {
        Assert.That(SeenLines, Has.Length.EqualTo(2));
        Wait.Until(() => SeenLines.Select(line => new ProcessView(int.Parse(line, CultureInfo.InvariantCulture))).All(process => !process.Exists || process.IsZombie), "neither is there");
    }

    private ImapdProcess Start(string script, params string[] options)
    {
        string program = _directory.Write("who" + Guid.NewGuid().ToString("N")[..4], $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        return StartForking(["--preauth-program", program, .. options]);
    }
}
