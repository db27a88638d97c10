using System.Net;
using Imapd.Master.Configuration;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.Master;

[TestFixture]
public sealed class CommandLineTests
{
    private const uint Root = 0;
    private const uint Someone = 1234;

    [TestCase("--bogus", "--bogus")]
    [TestCase("-z", "-z")]
    [TestCase("--fork --frok", "--frok")]
    public void An_unknown_option_is_named_and_gives_status_2(string line, string named)
    {
        UsageException error = Refused(line, Root);

        Assert.That(error.ExitStatus, Is.EqualTo(2));
        Assert.That(error.Message, Does.Contain(named));
    }

    [TestCase("--tls", "--cert")]
    [TestCase("--key k.pem", "--cert")]
    [TestCase("--starttls-port 143", "--cert")]
    [TestCase("--cert a.pem --cert b.pem --key k.pem", "there are 2 of cert and 1 of key")]
    [TestCase("-p 0", "--port '0'")]
    [TestCase("-p 65536", "--port '65536'")]
    [TestCase("-p", "--port needs a value")]
    [TestCase("--min-uid", "--min-uid needs a value")]
    [TestCase("-s", "--storage needs a value")]
    [TestCase("--greeting --min-uid=2000", "--greeting needs a value")]
    [TestCase("--greeting --insecure-auth --min-uid 2000", "--greeting needs a value")]
    [TestCase("--login-disabled -p 10143", "--login-disabled needs a value")]
    [TestCase("--rawlog ~/imap", "needs --fork or --preauth")]
    [TestCase("--fork --rawlog ~/../imap", "--rawlog '~/../imap' is no directory below the home")]
    [TestCase("--fork --rawlog ~/", "is no directory below the home")]
    [TestCase("--rawlog=", "'--rawlog=' cannot be read")]
    [TestCase("-p 143,993", "--port '143,993'")]
    [TestCase("-p 10143 -p 10143", "named twice")]
    [TestCase("-h localhost", "--host 'localhost'")]
    [TestCase("-h 127.1", "--host '127.1'")]
    [TestCase("-h [::1]:993", "--host '[::1]:993'")]
    [TestCase("-h 192.0.2.1", "loopback")]
    [TestCase("-h ::", "loopback")]
    [TestCase("-s mbox", "--storage 'mbox'")]
    [TestCase("--fork -s memory", "--fork")]
    [TestCase("--preauth --inetd", "exclude")]
    [TestCase("--preauth -p 143", "--preauth")]
    [TestCase("--inetd -h ::1", "--inetd")]
    [TestCase("--preauth", "never root")]
    [TestCase("--fork --user nobody", "--user")]
    [TestCase("--user root", "must not be root")]
    [TestCase("--user 0", "must not be root")]
    [TestCase("--user no-such-user", "not a user")]
    [TestCase("-s maildir --maildir-path /", "belongs to root")]
    [TestCase("-s maildir --maildir-path /nowhere", "/nowhere")]
    [TestCase("--maildir-path /tmp", "--storage memory")]
    [TestCase("--min-uid 0", "--min-uid")]
    [TestCase("--min-uid -5", "--min-uid")]
    [TestCase("--max-connections many", "--max-connections")]
    [TestCase("--max-per-address 0", "--max-per-address")]
    [TestCase("--max-per-user 0", "--max-per-user")]
    [TestCase("--worker-limit data", "NAME=N")]
    [TestCase("--worker-limit stack=9M", "one of data, as, nofile, nproc")]
    [TestCase("--worker-limit data=63M", "--worker-limit 'data=63M' is not a number from 67108864")]
    [TestCase("--worker-limit data=9999999999G", "is not a number from")]
    [TestCase("--worker-limit nofile=64 --worker-limit nofile=65", "is the second for nofile")]
    [TestCase("--autologout 1799", "is not a number from 1800")]
    [TestCase("--still-here often", "--still-here")]
    [TestCase("--peer-timeout -1", "--peer-timeout")]
    [TestCase("--greeting [x", "--greeting '[x' is not a line")]
    [TestCase("--greeting x{3}", "or end with }")]
    [TestCase("--greeting grüß", "printable ASCII")]
    [TestCase("--id vendor", "--id 'vendor' needs a value")]
    [TestCase("--id =x", "is not FIELD=VALUE")]
    [TestCase("--id name --id NAME=x", "--id 'NAME=x' is there twice")]
    [TestCase("--id none --id name", "needs a value")]
    [TestCase("--id a-name-that-is-longer-than-thirty=x", "with 30 and 1024")]
    [TestCase("--user-limit memory.max=1G", "needs the directory of the groups")]
    [TestCase("--user-cgroup /sys/fs/cgroup", "needs --fork")]
    [TestCase("--fork --user-cgroup /tmp", "is not a directory of control groups")]
    [TestCase("--user-limit cgroup.kill=1", "needs the directory")]
    [TestCase("--spare-workers -1", "--spare-workers")]
    [TestCase("--login-timeout 0", "--login-timeout")]
    [TestCase("--log-level loud", "--log-level")]
    [TestCase("--pam-service ../x", "--pam-service")]
    [TestCase("--auto inbox:create", "--auto 'inbox:create' is for none of archive, drafts")]
    [TestCase("--auto sent", "--auto 'sent' does not end in :create")]
    [TestCase("--auto sent:no", "--auto 'sent:no' does not end in :create")]
    [TestCase("--auto sent:", "--auto 'sent:' does not end in :create")]
    [TestCase("--auto sent=a//b:create", "--auto 'sent=a//b:create' has no name of a mailbox")]
    [TestCase("--auto sent=../b:create", "has no name of a mailbox")]
    [TestCase("--auto sent=inbox:create", "has no name of a mailbox")]
    [TestCase("--auto sent:create --auto sent=Gone:create", "same use or of the same name")]
    [TestCase("--strip-domain @example.org", "--strip-domain '@example.org' is no domain")]
    [TestCase("--strip-domain a.org,b.org", "--strip-domain 'a.org,b.org' is no domain")]
    [TestCase("--allow-user ann,bob", "--allow-user 'ann,bob' is no pattern of a user's name")]
    [TestCase("--deny-user ../ann", "--deny-user '../ann' is no pattern")]
    [TestCase("--deny-group a:b", "--deny-group 'a:b' is no pattern of a group's name")]
    [TestCase("--control-socket /run/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "--control-socket")]
    [TestCase("--preauth-program /bin/true", "needs fork")]
    [TestCase("--preauth-account nobody", "no use without preauth-program")]
    [TestCase("--fork --preauth-program true", "absolute path")]
    [TestCase("--fork --preauth-program /bin/no-such-program", "can be run")]
    [TestCase("--fork --preauth-program /etc/passwd", "can be run")]
    [TestCase("--fork --preauth-program /bin", "can be run")]
    [TestCase("--fork --preauth-program /bin/true --preauth-account root", "must not be root")]
    [TestCase("--fork --preauth-program /bin/true --preauth-account no-such-user", "not a user")]
    [TestCase("--preauth --preauth-program /bin/true", "have no use with --preauth")]
    [TestCase("serve", "'serve'")]
    public void What_cannot_be_is_refused_with_one_line_and_status_1(string line, string said)
    {
        UsageException error = Refused(line, Root);

        Assert.That(error.ExitStatus, Is.EqualTo(1));
        Assert.That(error.Message, Does.Contain(said).And.Not.Contain("\n"));
    }

    [Test]
    public void Only_root_may_fork_or_serve_as_another_user()
    {
        Assert.That(Refused("--fork", Someone).Message, Does.Contain("needs root"));
        Assert.That(Refused("--user nobody", Someone).Message, Does.Contain("needs root"));
    }

    [Test]
    public void A_worker_that_is_not_installed_is_said_with_the_places_looked_at()
    {
        var error = Assert.Throws<UsageException>(
            () => new SettingsReader(Someone, null).Read(OptionsParser.Parse([])))!;

        Assert.That(error.Message, Does.Contain("imapd-worker").And.Contain("libexec"));
    }

    [Test]
    public void Without_options_it_serves_memory_on_loopback_port_143()
    {
        Settings settings = Read("", Someone);

        Assert.That(settings.Storage, Is.EqualTo(StorageKind.Memory));
        Assert.That(settings.Listen, Is.EqualTo(new[] { Cleartext("127.0.0.1", 143) }));
        Assert.That(
            (settings.MinUid, settings.SpareWorkers, settings.MaxConnections, settings.MaxPerAddress),
            Is.EqualTo((1000u, 2, 2000, 200)));
        Assert.That(
            (settings.MaxPerUser, settings.LoginTimeoutSeconds, settings.PamService, settings.RunAs),
            Is.EqualTo((50, 60, "imapd", (uint?)null)));
        Assert.That(settings.UsesPam, Is.False);
    }

    [Test]
    public void The_production_command_serves_the_homes_over_tls()
    {
        Settings settings = Read("--fork --tls --cert c.pem --key k.pem -p 993", Root);

        Assert.That((settings.Fork, settings.Storage, settings.MailRoot), Is.EqualTo((true, StorageKind.Maildir, (string?)null)));
        Assert.That(settings.Listen, Is.EqualTo(new[] { Tls("127.0.0.1", 993) }));
        Assert.That(settings.UsesPam, Is.True);
        Assert.That(Path.IsPathRooted(settings.Certificates.Single().CertificatePath), Is.True);
    }

    [TestCase("--cert a.pem --key k.pem --cert b.pem --key l.pem", "a.pem k.pem, b.pem l.pem")]
    [TestCase("--cert a.pem --cert b.pem", "a.pem -, b.pem -")]
    public void Certificates_and_their_keys_come_in_the_same_order(string line, string expected)
    {
        IEnumerable<string> read = Read(line, Someone).Certificates
            .Select(files => $"{Path.GetFileName(files.CertificatePath)} {Path.GetFileName(files.KeyPath) ?? "-"}");

        Assert.That(string.Join(", ", read), Is.EqualTo(expected));
    }

    [Test]
    public void Tls_without_a_port_listens_on_993()
    {
        Assert.That(Read("--tls --cert c.pem", Someone).Listen, Is.EqualTo(new[] { Tls("127.0.0.1", 993) }));
    }

    [Test]
    public void Hosts_and_ports_repeat_and_starttls_ports_stand_beside_tls_ports()
    {
        Settings settings = Read("--tls --cert c.pem -h 127.0.0.1 -h ::1 -p 10993 -p 10994 --starttls-port 10143", Someone);

        Assert.That(settings.Listen, Is.EquivalentTo(new[]
        {
            Tls("127.0.0.1", 10993), Tls("127.0.0.1", 10994), Cleartext("127.0.0.1", 10143),
            Tls("::1", 10993), Tls("::1", 10994), Cleartext("::1", 10143),
        }));
    }

    [Test]
    public void Root_without_fork_serves_memory_as_nobody()
    {
        Assert.That(Read("", Root).RunAs, Is.Not.Null.And.Not.EqualTo(0u));
    }

    [Test]
    public void Every_option_of_the_help_text_exists()
    {
        IEnumerable<string> options = HelpText.Usage
            .Split([' ', '\n', ',', ';', ':', ')'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.StartsWith("--", StringComparison.Ordinal))
            .Distinct();

        foreach (string option in options)
        {
            // An option that exists may lack its value or company, but it is never unknown.
            try
            {
                OptionsParser.Parse([option]);
            }
            catch (UsageException error)
            {
                Assert.That(error.ExitStatus, Is.EqualTo(1), option);
            }
        }
        Assert.That(HelpText.Usage.Split('\n'), Has.Length.LessThanOrEqualTo(30).And.All.Length.LessThanOrEqualTo(90));
    }

    [Test]
    public void A_pam_service_without_a_file_is_refused_with_the_path()
    {
        var error = Assert.Throws<UsageException>(() => PamServiceFile.Check("imapd-no-such-service"))!;

        Assert.That(error.Message, Does.Contain("/etc/pam.d/imapd-no-such-service").And.Contain("common-auth"));
    }

    [Test]
    public void A_program_that_says_who_clients_are_runs_as_nobody_unless_told_otherwise()
    {
        Assert.That(Read("--fork --preauth-program /bin/true", Root).Preauth, Is.EqualTo(new PreauthSettings("/bin/true", Accounts.FindUser("nobody")!.Value)));
        Assert.That(Read("--fork --preauth-program /bin/true --preauth-account daemon", Root).Preauth!.Account, Is.EqualTo(Accounts.FindUser("daemon")));
    }

    [Test]
    public void A_program_that_others_than_root_may_change_says_nothing()
    {
        using var directory = new TemporaryDirectory();
        string program = directory.Write("who", "#!/bin/sh\n");
        File.SetUnixFileMode(program, (UnixFileMode)0b111_111_101);

        Assert.That(Refused($"--fork --preauth-program {program}", Root).Message, Does.Contain(program).And.Contain("changed by others"));
    }

    [Test]
    public void Limits_of_workers_are_numbers_with_or_without_a_unit()
    {
        Assert.That(
            Read("--worker-limit data=1G --worker-limit nofile=200", Someone).WorkerLimits.Select(limit => limit.ToString()),
            Is.EqualTo(new[] { "data=1073741824", "nofile=200" }));
    }

    [TestCase("", "name,version")]
    [TestCase("--id none", "")]
    [TestCase("--id name=x --id os", "name=x,os")]
    public void ID_says_what_was_asked_for(string line, string fields)
    {
        Assert.That(string.Join(',', Read(line, Someone).IdFields), Is.EqualTo(fields));
    }

    [TestCase("--fork", "/run/imapd/control")]
    [TestCase("", null)]
    [TestCase("--control-socket /run/other", "/run/other")]
    [TestCase("--fork --control-socket none", null)]
    [TestCase("--inetd --control-socket /run/other", null)]
    public void The_control_socket_is_where_it_was_asked_for_and_that_of_the_daemon_at_its_usual_place(string line, string? path)
    {
        Assert.That(Read(line, Root).ControlSocketPath, Is.EqualTo(path));
    }

    private static Settings Read(string line, uint user) => new SettingsReader(user, "/bin/true")
        .Read(OptionsParser.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    private static UsageException Refused(string line, uint user) =>
        Assert.Throws<UsageException>(() => Read(line, user))!;

    private static ListenAddress Tls(string address, int port) => new(new(IPAddress.Parse(address), port), true);

    private static ListenAddress Cleartext(string address, int port) => new(new(IPAddress.Parse(address), port), false);
}
