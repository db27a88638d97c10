using System.Net;
using Imapd.Master.Configuration;
using NUnit.Framework;

namespace Imapd.Tests.Master;

[TestFixture]
public sealed class ConfigFileTests
{
    private string _directory = "";

    [SetUp]
    public void Make_directory() => _directory = Directory.CreateTempSubdirectory("imapd-config-").FullName;

    [TearDown]
    public void Remove_directory() => Directory.Delete(_directory, recursive: true);

    [Test]
    public void Every_long_option_of_the_daemon_is_a_key()
    {
        Settings settings = Read("""
            # the host's mail
            fork = no
            tls = yes
            cert = cert.pem
              key=key.pem
            host = 127.0.0.1 ::1       # both
            port = 10993
            starttls-port = 10143
            max-connections = 7
            prefix-alias = "INBOX/"
            """);

        Assert.That(settings.Listen, Has.Count.EqualTo(4));
        Assert.That(settings.Listen.Select(address => address.EndPoint.Address), Does.Contain(IPAddress.IPv6Loopback));
        Assert.That((settings.MaxConnections, settings.PrefixAlias), Is.EqualTo((7, "INBOX/")));
        Assert.That(
            (settings.Certificates.Single().CertificatePlace, settings.Certificates.Single().KeyPlace),
            Is.EqualTo((Path.Combine(_directory, "imapd.conf:4"), Path.Combine(_directory, "imapd.conf:5"))));
        Assert.That(settings.Certificates.Single().KeyPath, Is.EqualTo(Path.Combine(_directory, "key.pem")), "a path is seen from the file it stands in");
    }

    [Test]
    public void A_byte_order_mark_and_the_lock_of_an_editor_are_passed_over()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "conf.d"));
        File.CreateSymbolicLink(Path.Combine(_directory, "conf.d", ".#mine.conf"), "emma@host.example:1");
        File.WriteAllText(Path.Combine(_directory, "conf.d", "mine.conf"), "max-per-user = 2000");

        Assert.That(Read("\uFEFFinclude conf.d/*.conf").MaxPerUser, Is.EqualTo(2000));
    }

    [Test]
    public void Certificates_of_a_file_add_up_and_take_the_place_of_those_of_the_files_before_it()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "conf.d"));
        File.WriteAllText(Path.Combine(_directory, "conf.d", "mine.conf"), "cert = c.pem\ncert = d.pem\nkey = e.pem f.pem");
        Settings settings = Read("cert = a.pem\nkey = b.pem\ninclude conf.d/*.conf");

        Assert.That(
            settings.Certificates.Select(files => Path.GetFileName(files.CertificatePath) + Path.GetFileName(files.KeyPath)),
            Is.EqualTo(new[] { "c.peme.pem", "d.pemf.pem" }));
    }

    [Test]
    public void The_command_line_wins_over_the_file_option_by_option()
    {
        Settings settings = Read("port = 10143\nmax-connections = 7\ninsecure-auth = yes", "-p", "10144", "--insecure-auth=no");

        Assert.That(settings.Listen.Single().EndPoint.Port, Is.EqualTo(10144));
        Assert.That((settings.MaxConnections, settings.InsecureAuth), Is.EqualTo((7, false)));
    }

    [TestCase("prot = 143", ":1: 'prot' is no option")]
    [TestCase("\n\nport 143", ":3: expected 'key = value', found 'port 143'")]
    [TestCase("port =", ":1: port has no value")]
    [TestCase("maildir-path = \"\"", ":1: maildir-path has no value")]
    [TestCase("include /dev/null", ":1: /dev/null is not a regular file")]
    [TestCase("include /etc", ":1: /etc is not a regular file")]
    [TestCase("port = 143 x", ":1: port 'x' is not a number from 1 to 65535")]
    [TestCase("min-uid = 0", ":1: min-uid '0' is not a number from 1 to")]
    [TestCase("min-uid = 5 6", ":1: min-uid takes one value")]
    [TestCase("min-uid = 5\nmin-uid = 6", ":2: min-uid was given in this file before")]
    [TestCase("tls = on", ":1: tls is yes or no, not 'on'")]
    [TestCase("preauth = yes", ":1: preauth has its place on the command line only")]
    [TestCase("config = x", ":1: config has its place on the command line only")]
    [TestCase("cert = \"x", ":1: the closing quotation mark is missing")]
    [TestCase("cert = \"x\"y", ":1: after the closing quotation mark")]
    [TestCase("cert = a\u0001", ":1: there is a control character in it")]
    [TestCase("storage = floppy", ":1: storage 'floppy' is neither memory nor maildir")]
    [TestCase("tls = yes", ":1) needs a certificate")]
    [TestCase("include missing.conf", "missing.conf")]
    [TestCase("include missing/*.conf", ":1: there is no directory")]
    [TestCase("include a b", ":1: include takes one file")]
    [TestCase("include imapd.conf", "includes itself")]
    [TestCase("pam-service = ../other", ":1: pam-service '../other' is not a name")]
    [TestCase("layout = mbox", ":1: layout 'mbox' is none of maildir++, fs")]
    public void A_mistake_is_told_with_file_and_line_and_what_was_expected(string text, string said)
    {
        var error = Assert.Throws<UsageException>(() => Read(text))!;

        Assert.That(error.Message, Does.Contain(said).And.Contain("imapd.conf").And.Not.Contain("\n"));
        Assert.That(error.ExitStatus, Is.EqualTo(1));
    }

    [Test]
    public void A_quoted_value_holds_spaces_number_signs_and_quotation_marks()
    {
        OptionValues values = ReadValues("cert = \"a b#c \\\"d\\\" \\\\e\" # and no more");

        Assert.That(values.Text("cert"), Is.EqualTo("a b#c \"d\" \\e"));
    }

    [Test]
    public void Included_files_come_in_order_and_a_later_file_wins()
    {
        Write("conf.d/20-b.conf", "max-connections = 20\nhost = ::1");
        Write("conf.d/10-a.conf", "max-connections = 10");
        Write("conf.d/99.txt", "this is no configuration");
        Settings settings = Read("max-connections = 5\nhost = 127.0.0.1\ninclude conf.d/*.conf");

        Assert.That(settings.MaxConnections, Is.EqualTo(20));
        Assert.That(settings.Listen, Has.Count.EqualTo(2), "what repeats adds up");
    }

    [Test]
    public void A_mistake_in_an_included_file_names_that_file()
    {
        Write("more.conf", "\nbogus = 1");

        Assert.That(Assert.Throws<UsageException>(() => Read("include more.conf"))!.Message, Does.Contain("more.conf:2: 'bogus'"));
    }

    [Test]
    public void Includes_are_bounded_in_depth()
    {
        for (int depth = 0; depth < 20; depth++)
        {
            Write($"{depth}.conf", $"include {depth + 1}.conf");
        }

        Assert.That(Assert.Throws<UsageException>(() => Read("include 0.conf"))!.Message, Does.Contain("8 deep"));
    }

    [Test]
    public void A_file_that_is_not_UTF_8_or_too_large_is_refused()
    {
        File.WriteAllBytes(Path.Combine(_directory, "imapd.conf"), [(byte)'#', 0xFF]);
        Assert.That(Assert.Throws<UsageException>(() => ReadFile())!.Message, Does.Contain("not text in UTF-8"));

        File.WriteAllBytes(Path.Combine(_directory, "imapd.conf"), new byte[(1 << 20) + 1]);
        Assert.That(Assert.Throws<UsageException>(() => ReadFile())!.Message, Does.Contain("larger than"));
    }

    [Test]
    public void Root_reads_no_file_that_others_may_write()
    {
        Assume.That(Environment.UserName, Is.EqualTo("root"), "the rule is root's");
        string path = Write("imapd.conf", "port = 10143");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherWrite);

        Assert.That(
            Assert.Throws<UsageException>(() => ConfigFile.Read(path, isRoot: true))!.Message, Does.Contain("chmod go-w " + path));
        Assert.That(ConfigFile.Read(path, isRoot: false).Text("port"), Is.EqualTo("10143"));
    }

    [Test]
    public void A_dump_says_where_each_value_came_from_and_means_the_same_when_read_again()
    {
        string path = Write("imapd.conf", "max-connections = 7\nhost = ::1\nprefix-alias = none");
        OptionValues written = OptionsParser.Parse(["-p", "10143"]).Over(ConfigFile.Read(path, isRoot: false));
        Settings settings = Read(written);
        string dump = ConfigDump.Text(settings, written);

        Assert.That(dump, Does.Match($@"(?m)^max-connections = 7 +# {path}:1$"));
        Assert.That(dump, Does.Match(@"(?m)^port = 10143 +# command line$"));
        Assert.That(dump, Does.Match(@"(?m)^min-uid = 1000 +# default$"));
        Assert.That(dump, Does.Match(@"(?m)^# cert is not set +\(default\)$"));
        Settings again = Read(ConfigFile.Read(Write("again.conf", dump), isRoot: false));
        Assert.That(ConfigDump.Text(again, new OptionValues()), Is.EqualTo(ConfigDump.Text(settings, new OptionValues())));
    }

    [Test]
    public void What_the_file_says_of_the_daemon_does_not_hinder_a_session_on_standard_input()
    {
        Settings settings = Read("fork = yes\ntls = yes\ncert = c.pem\nport = 993\nhost = ::\nlayout = fs", "--preauth");

        Assert.That((settings.Mode, settings.Fork, settings.ImplicitTls, settings.Layout), Is.EqualTo((RunMode.Preauth, false, false, "fs")));
    }

    private static Settings Read(OptionValues values) => new SettingsReader(1234, "/bin/true").Read(values);

    private Settings Read(string text, params string[] typed)
    {
        Write("imapd.conf", text);
        return Read(OptionsParser.Parse(typed).Over(ReadFile()));
    }

    private OptionValues ReadValues(string text)
    {
        Write("imapd.conf", text);
        return ReadFile();
    }

    private OptionValues ReadFile() => ConfigFile.Read(Path.Combine(_directory, "imapd.conf"), isRoot: false);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
