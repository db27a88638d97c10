using System.Globalization;
using System.Text.RegularExpressions;
using Imapd.Tests.Architecture;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>The lines of the log that others read: as the README says they are, and as Debian's fail2ban reads them.</summary>
internal sealed class FailToBanTests : EndToEndTest
{
    private const string Guesser = "192.0.2.1";
    private const string Ipv6Guesser = "2001:db8::1";
    private const string Forger = "192.0.2.3";
    private const string Phone = "192.0.2.4";
    private const string Victim = "198.51.100.66";
    private static readonly string[] Expected = [Guesser, Guesser, Guesser, Ipv6Guesser, Forger, Forger, Forger, Forger, Forger, Phone];

    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void MakeDirectory() => _directory = new TemporaryDirectory();

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public void Fail2ban_counts_each_guess_in_a_file_once_and_nothing_else()
    {
        RequireProgram("fail2ban-regex", "fail2ban");
        ImapdProcess server = StartForking("--proxy-from", "127.0.0.1");
        Guess(server);

        Assert.That(Counted(_directory.Write("imapd.log", server.Log + "\n")), Is.EqualTo(Expected), () => server.Log);
    }

    [Test]
    public void Fail2ban_counts_each_guess_in_syslog_once_and_nothing_else()
    {
        RequireProgram("fail2ban-regex", "fail2ban");
        RequireRoot();
        ImapdProcess server = StartForJournal();
        Guess(server);

        Assert.That(
            Counted(_directory.Write("mail.log", string.Concat(Messages(server).Select(line => $"Nov 21 12:00:00 mail imapd[4711]: {line}\n")))),
            Is.EqualTo(Expected),
            () => server.Log);
    }

    [Test]
    public void Fail2ban_counts_each_guess_in_the_journal_once_and_nothing_else()
    {
        RequireProgram("fail2ban-regex", "fail2ban");
        const string Remote = "/lib/systemd/systemd-journal-remote";
        if (!File.Exists(Remote))
        {
            Assert.Ignore("needs systemd-journal-remote, which writes journals without a systemd (Debian package systemd-journal-remote)");
        }
        RequireRoot();
        ImapdProcess server = StartForJournal();
        Guess(server);
        string journal = _directory.Combine("system.journal");
        ShellResult written = Shell.Run(Remote, ["--split-mode=none", "--output", journal, "-"], string.Concat(Messages(server).Select(Exported)));
        Assert.That(written.Status, Is.Zero, written.ToString);

        Assert.That(Counted($"systemd-journal[journalfiles={journal}]"), Is.EqualTo(Expected), () => server.Log);
    }

    [Test]
    public void Fail2ban_takes_the_jail_which_bans_nobody_until_it_is_enabled()
    {
        RequireProgram("fail2ban-client", "fail2ban");
        string configuration = _directory.Combine("fail2ban");
        Shell.Do("cp", "-r", "/etc/fail2ban", configuration);
        foreach (string file in Directory.GetFiles(Path.Combine(configuration, "jail.d")))
        {
            File.Delete(file);
        }
        File.Copy(Repository.Combine("packaging", "fail2ban", "filter.conf"), Path.Combine(configuration, "filter.d", "imapd.conf"), overwrite: true);
        File.Copy(Repository.Combine("packaging", "fail2ban", "jail.conf"), Path.Combine(configuration, "jail.d", "imapd.conf"));
        string disabled = Shell.Do("fail2ban-client", "-c", configuration, "-d");
        File.WriteAllText(Path.Combine(configuration, "jail.d", "imapd.local"), "[imapd]\nenabled = true\n");
        string enabled = Shell.Do("fail2ban-client", "-c", configuration, "-d");

        Assert.That(disabled, Does.Not.Contain("'imapd'"));
        Assert.That(enabled, Does.Contain("['add', 'imapd', 'systemd']").And.Contain("login failed reason=").And.Contain("['start', 'imapd']"));
    }

    [Test]
    public void The_lines_are_as_the_README_says()
    {
        ImapdProcess server = StartForking("--proxy-from", "127.0.0.1", "--max-per-address", "2");
        Guess(server);
        using (ImapClient.ConnectForProxy(server.TlsPort, Guesser))
        using (ImapClient.ConnectForProxy(server.TlsPort, Guesser))
        using (ImapClient tooMany = ImapClient.ConnectForProxy(server.TlsPort, Guesser))
        {
            Assert.That(tooMany.Greeting, Does.StartWith("* BYE"));
        }
        using (ImapClient noHeader = ImapClient.Open(server.TlsPort))
        {
            noHeader.Send("a NOOP\r\n");
            Assert.That(noHeader.ReadToEnd(), Is.Empty);
        }
        using (ImapClient noTls = ImapClient.Open(server.TlsPort))
        {
            noTls.Send("PROXY TCP4 192.0.2.9 198.51.100.1 4711 993\r\na NOOP\r\n");
            noTls.ReadToEnd();
        }
        server.WaitForLog("tls failed");
        server.WaitForLog("closed before login");
        server.Stop();

        foreach (string row in DocumentedLines())
        {
            string pattern = Regex.Escape(row).Replace("…", "(?:[^\" ]+|\"(?:[^\"\\\\]|\\\\.)*\")", StringComparison.Ordinal);
            var line = new Regex($@"^[-0-9]{{10}} [0-9:.]{{12}} (info|warning|error) +{pattern}$");
            Assert.That(server.LogLines.Any(line.IsMatch), $"{row}\n{server.Log}");
        }
        Assert.That(DocumentedLines().Count, Is.GreaterThanOrEqualTo(8));
    }

    // The first column of the table, of rows that this test makes happen: those that name an address, and the last.
    private static List<string> DocumentedLines()
    {
        string readme = File.ReadAllText(Repository.Combine("README.md"));
        string table = Regex.Match(readme, @"### Log lines.*?\n\n((?:\|.*\n)+)", RegexOptions.Singleline).Groups[1].Value;
        return [.. Regex.Matches(table, @"(?m)^\| `(?<line>[^`]+)` \|").Select(match => match.Groups["line"].Value).Where(line => line.Contains("rip=", StringComparison.Ordinal) || line == "stopped")];
    }

    /// <summary>What the journal gets: no time, and the priority before each line.</summary>
    private ImapdProcess StartForJournal() => StartTlsThrough(
        ["/usr/bin/env", "JOURNAL_STREAM=1:1"], "--fork", "--pam-service", EndToEndSetup.Pam.Name, "--proxy-from", "127.0.0.1");

    private static IEnumerable<string> Messages(ImapdProcess server) => server.LogLines.Select(line => Regex.Replace(line, "^<[0-7]>", ""));

    // The journal's export format; a message with anything but text would have to be written in binary, and none has.
    private static string Exported(string message, int number) => string.Create(
        CultureInfo.InvariantCulture,
        $"__REALTIME_TIMESTAMP={DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000 + number}\n__MONOTONIC_TIMESTAMP={number + 1}\n_BOOT_ID={new string('a', 32)}\n_MACHINE_ID={new string('b', 32)}\n"
        + $"_HOSTNAME=mail\n_TRANSPORT=stdout\nPRIORITY=6\nSYSLOG_IDENTIFIER=imapd\n_COMM=imapd\n_PID=4711\n_SYSTEMD_UNIT=imapd.service\nMESSAGE={message}\n\n");

    /// <summary>The addresses that fail2ban would count, once for each time it counts them.</summary>
    private static List<string> Counted(string log) =>
    [
        .. Shell.Do("fail2ban-regex", "--out", "ip", log, Repository.Combine("packaging", "fail2ban", "filter.conf"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries),
    ];

    private static void Guess(ImapdProcess server)
    {
        Try(server, Guesser, "LOGIN root toor", "LOGIN admin admin", $"LOGIN {Alice.Name} alice");
        Try(server, Ipv6Guesser, "LOGIN root toor");
        using (ImapClient client = ImapClient.ConnectForProxy(server.TlsPort, "192.0.2.2"))
        {
            Assert.That(client.Login(Alice).Status, Does.StartWith("OK"), () => server.Log);
            client.Command("LOGOUT");
        }
        string line = $"login failed reason=bad-credentials user=\\\"x\\\" session=0123456789abcdef rip={Victim} rport=1 lip=127.0.0.1 tls=no repeated=no";
        string inLiteral = line.Replace("\\", "", StringComparison.Ordinal);
        Try(
            server,
            Forger,
            $"LOGIN \"x\\\" session=0123456789abcdef rip={Victim} rport=1 lip=127.0.0.1 tls=no repeated=no\" wrong",
            $"LOGIN \"{line}\" wrong",
            Literal($"x\r\n2026-11-21 12:00:00.000 info    {inLiteral}\r\nNov 21 12:00:00 mail imapd[1]: {inLiteral}"));
        Try(server, Forger, Literal($"\\\" rip={Victim} \\\\\" session=0123456789abcdef rip={Victim} rport=1 lip=127.0.0.1 tls=no repeated=no\u2028{inLiteral}"), $"LOGIN \"Nov 21 12:00:00 2026-11-21 12:00:00 mail imapd[1]: {line}\" wrong");
        Try(server, Phone, "LOGIN phone old", "LOGIN phone old");
        Try(server, Phone, "LOGIN phone old");
        Wait.Until(() => server.LogLines.Count(logged => logged.Contains("login failed", StringComparison.Ordinal) && logged.Contains(Phone, StringComparison.Ordinal)) == 3, "all is logged");
    }

    private static string Literal(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"LOGIN {{{System.Text.Encoding.UTF8.GetByteCount(name)}+}}\r\n{System.Text.Encoding.Latin1.GetString(System.Text.Encoding.UTF8.GetBytes(name))} wrong");

    private static void Try(ImapdProcess server, string from, params string[] commands)
    {
        using ImapClient client = ImapClient.ConnectForProxy(server.TlsPort, from);
        foreach (string command in commands)
        {
            Assert.That(client.Command(command).Status, Does.StartWith("NO [AUTHENTICATIONFAILED]"), command);
        }
    }
}
