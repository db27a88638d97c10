using System.Diagnostics;
using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Worker.Login;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>A password that a real Kerberos server checks, through Debian's pam_krb5, and the tickets it gives.</summary>
internal sealed class KerberosTests : EndToEndTest
{
    private const string Realm = "IMAPD.TEST";
    private const string Password = "kerberos-password";

    private TemporaryDirectory _directory = null!;
    private Dictionary<string, string> _environment = null!;
    private Process? _kdc;

    private string Tickets => _directory.Combine($"krb5cc_{Alice.UserId}");

    [SetUp]
    public void StartKdc()
    {
        RequireRoot();
        RequireProgram("krb5kdc", "krb5-kdc");
        RequireProgram("kadmin.local", "krb5-admin-server");
        RequireProgram("klist", "krb5-user");
        if (!File.Exists("/etc/krb5.conf") || Directory.GetDirectories("/lib").All(library => !File.Exists(Path.Combine(library, "security", "pam_krb5.so"))))
        {
            Assert.Ignore("needs pam_krb5.so (Debian package libpam-krb5, which enters itself into /etc/pam.d/common-*)");
        }
        _directory = new TemporaryDirectory();
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b001_111_111_111);
        int port = ImapdProcess.FreePort();
        _environment = new Dictionary<string, string>
        {
            ["KRB5_CONFIG"] = _directory.Write(
                "krb5.conf",
                $$"""
                [libdefaults]
                default_realm = {{Realm}}
                dns_lookup_kdc = false
                dns_canonicalize_hostname = false
                udp_preference_limit = 1
                [realms]
                {{Realm}} = {
                  kdc = 127.0.0.1:{{port}}
                }

                """),
            ["KRB5_KDC_PROFILE"] = _directory.Write(
                "kdc.conf",
                $$"""
                [kdcdefaults]
                kdc_listen = 127.0.0.1:{{port}}
                kdc_tcp_listen = 127.0.0.1:{{port}}
                [realms]
                {{Realm}} = {
                  database_name = {{_directory.Combine("principal")}}
                  key_stash_file = {{_directory.Combine("stash")}}
                }
                [logging]
                kdc = FILE:{{_directory.Combine("kdc.log")}}

                """),
        };
        Do("/usr/sbin/kdb5_util", "create", "-s", "-r", Realm, "-P", "master");
        Do("/usr/sbin/kadmin.local", "-r", Realm, "-q", $"addprinc -pw {Password} {Alice.Name}");
        var start = new ProcessStartInfo("/usr/sbin/krb5kdc", ["-n", "-r", Realm]);
        foreach ((string name, string value) in _environment)
        {
            start.Environment[name] = value;
        }
        _kdc = Process.Start(start)!;
        Wait.Until(() => File.ReadLines("/proc/net/tcp").Any(line => line.Contains($":{port:X4} ", StringComparison.Ordinal)), "the KDC listens");
    }

    [TearDown]
    public void StopKdc()
    {
        if (_kdc is not null)
        {
            _kdc.Kill();
            _kdc.WaitForExit();
            _kdc.Dispose();
            _kdc = null;
        }
        _directory?.Dispose();
    }

    [Test]
    public void The_session_has_the_tickets_that_its_password_was_worth()
    {
        string arguments = $"minimum_uid=1000 ccache=FILE:{_directory.Path}/krb5cc_%u";
        using var service = new TestPamService(
            $"auth required pam_krb5.so {arguments}", $"account required pam_krb5.so {arguments}", $"session required pam_krb5.so {arguments}");
        // Where Kerberos looks is one file for the whole host: this server has its own in that place.
        string mount = $"mount --bind {_environment["KRB5_CONFIG"]} /etc/krb5.conf && exec \"$0\" \"$@\"";
        ImapdProcess server = StartTlsThrough(["/usr/bin/unshare", "--mount", "/bin/sh", "-c", mount], "--fork", "--pam-service", service.Name);

        Assert.That(Connect(server).Command($"LOGIN {Alice.Name} {Alice.Password}").Status, Does.StartWith("NO [AUTHENTICATIONFAILED]"));
        for (int login = 0; login < 2; login++)
        {
            ImapClient client = Connect(server);
            Assert.That(client.Command($"LOGIN {Alice.Name} {Password}").IsOk, Is.True, () => server.Log + File.ReadAllText(_directory.Combine("kdc.log")));
            Assert.That(client.Command("SELECT INBOX").IsOk, Is.True);
            Assert.That(server.WorkerOf(Alice).HeapHolds(System.Text.Encoding.UTF8.GetBytes($"KRB5CCNAME=FILE:{Tickets}\0")), Is.True);
            Assert.That(Do("klist", "-c", Tickets), Does.Contain($"krbtgt/{Realm}@{Realm}"));
            Assert.That(Shell.Do("stat", "--format", "%u %a", Tickets).Trim(), Is.EqualTo($"{Alice.UserId} 600"));
            client.Command("LOGOUT");
            Wait.Until(() => server.Workers.All(worker => worker.UserId != Alice.UserId), "the session is over");
        }
        Assert.That(Directory.GetFiles(_directory.Path, "krb5cc_*"), Has.Length.EqualTo(1), "a name without a random part is used again");
    }

    private string Do(string program, params string[] arguments)
    {
        ShellResult result = Shell.Run(program, arguments, environment: _environment);
        Assert.That(result.Status, Is.Zero, result.ToString);
        return result.Output;
    }
}
