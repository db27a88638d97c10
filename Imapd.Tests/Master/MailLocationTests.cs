using Imapd.Master.Configuration;
using Imapd.Protocol.Handoff;
using NUnit.Framework;

namespace Imapd.Tests.Master;

/// <summary>The place of mail as an administrator writes it, and what becomes of it for one user.</summary>
[TestFixture]
public sealed class MailLocationTests
{
    private static readonly string Existing = Path.TrimEndingDirectorySeparator(Path.GetTempPath());

    [TestCase("~/Maildir", "/home/ann/Maildir")]
    [TestCase("~", "/home/ann")]
    [TestCase("~/Maildir/", "/home/ann/Maildir")]
    [TestCase("maildir:~/Maildir", "/home/ann/Maildir")]
    [TestCase("%{home}/mail:LAYOUT=fs", "/home/ann/mail")]
    [TestCase("%h/mail:layout=Maildir++", "/home/ann/mail")]
    [TestCase("/var/mail/%{user}", "/var/mail/ann")]
    [TestCase("maildir:/var/mail/%u", "/var/mail/ann")]
    [TestCase("/srv/%{uid}/%n", "/srv/1234/ann")]
    [TestCase("/srv/%i%%/x::y", "/srv/1234%/x:y")]
    public void A_location_becomes_the_path_of_a_users_mail(string text, string path)
    {
        Assert.That(Parse(text).Expand("ann", 1234, "/home/ann"), Is.EqualTo(path));
    }

    [TestCase("/srv/%d/%n", "ann@example.org", "/srv/example.org/ann")]
    [TestCase("/srv/%d/%n", "ann", null)]
    [TestCase("/srv/%{user}", "..", null)]
    [TestCase("/srv/%{user}", ".", null)]
    [TestCase("/srv/.%{user}", ".", null)]
    [TestCase("/srv/%{user}", "../bob", null)]
    [TestCase("/srv/%{user}", "a/b", null)]
    [TestCase("/srv/%{user}", "a\nb", null)]
    [TestCase("/srv/%{user}", "", null)]
    [TestCase("/srv/%d/x-%u", "ann@..", null)]
    [TestCase("/srv/%{user}", "...", "/srv/...")]
    [TestCase("/srv/%{user}", "%{home}", "/srv/%{home}")]
    public void A_name_leads_into_no_other_directory(string text, string user, string? path)
    {
        Assert.That(Parse(text).Expand(user, 1234, "/home/ann"), Is.EqualTo(path));
    }

    [TestCase("~/Maildir", "home/ann")]
    [TestCase("~/Maildir", "")]
    public void Without_an_absolute_home_there_is_no_mail_in_it(string text, string home)
    {
        Assert.That(Parse(text).Expand("ann", 1234, home), Is.Null);
        Assert.That(Parse("/srv/%u").Expand("ann", 1234, home), Is.EqualTo("/srv/ann"));
    }

    [TestCase("~/Maildir", "/", "/Maildir")]
    [TestCase("~", "/", "/")]
    [TestCase("~/Maildir", "/home/ann/", "/home/ann/Maildir")]
    public void A_home_may_end_in_a_slash(string text, string home, string path)
    {
        Assert.That(Parse(text).Expand("ann", 1234, home), Is.EqualTo(path));
    }

    [TestCase("", "does not begin with")]
    [TestCase("Maildir", "does not begin with")]
    [TestCase("~ann/Maildir", "does not begin with")]
    [TestCase("%{home}mail", "does not begin with")]
    [TestCase("%{user}/mail", "does not begin with")]
    [TestCase("mbox:~/mail", "only Maildirs are served")]
    [TestCase("/var/mail", "the same for all users")]
    [TestCase("/var/mail/%d", "the same for all users")]
    [TestCase("/var/../%u", ". or ..")]
    [TestCase("~/./mail", ". or ..")]
    [TestCase("/srv/%{user}/%{home}", "home directory somewhere else")]
    [TestCase("~/%h", "home directory somewhere else")]
    [TestCase("/srv/%{name}/%u", "the variable '%{name}'")]
    [TestCase("/srv/%{user", "the variable '%{'")]
    [TestCase("/srv/%u%", "the variable '%'")]
    [TestCase("/srv/%Lu", "the variable '%L'")]
    [TestCase("~/mail:LAYOUT=dbox", "'LAYOUT=dbox'")]
    [TestCase("~/mail:INBOX=~/inbox", "'INBOX=~/inbox'")]
    [TestCase("~/mail:LAYOUT=fs:LAYOUT=fs", "'LAYOUT=fs'")]
    [TestCase("~/mail:", "not ''")]
    [TestCase("~/a\tb", "control character")]
    public void What_is_no_location_is_refused_with_the_reason(string text, string said)
    {
        Assert.That(MailLocation.TryParse(text, out _, out string problem), Is.False);
        Assert.That(problem, Does.Contain(said));
    }

    [Test]
    public void A_location_longer_than_any_path_is_refused()
    {
        Assert.That(MailLocation.TryParse("~/" + new string('x', 2000), out _, out string problem), Is.False);
        Assert.That(problem, Does.Contain("longer"));
    }

    [TestCase("~/Maildir")]
    [TestCase("/srv/%i%%/x::y/%{user}:LAYOUT=fs")]
    public void What_is_written_is_read_again_as_the_same(string text)
    {
        Assert.That(Parse(Parse(text).ToString()), Is.EqualTo(Parse(text)));
    }

    [TestCase("/var/mail/%{user}", "/var/mail")]
    [TestCase("/var/mail/u-%u/Maildir", "/var/mail")]
    [TestCase("/%u", "/")]
    [TestCase("~/Maildir", null)]
    [TestCase("%h/Maildir", null)]
    public void What_all_have_in_common_ends_before_the_first_variable(string text, string? directory)
    {
        Assert.That(Parse(text).CommonDirectory, Is.EqualTo(directory));
    }

    [Test]
    public void A_base_directory_may_have_any_letter_in_its_name()
    {
        var location = MailLocation.Below("/srv/100%:u/");
        Assert.That(location.Expand("ann", 1, ""), Is.EqualTo("/srv/100%:u/ann"));
        Assert.That(Parse(location.ToString()), Is.EqualTo(location));
    }

    [TestCase("--fork", "~/Maildir", "maildir++")]
    [TestCase("--fork --layout fs", "~/Maildir", "fs")]
    [TestCase("--fork --mail-location /srv/%u", "/srv/%u", "maildir++")]
    [TestCase("--fork --mail-location /srv/%u:LAYOUT=fs", "/srv/%u:LAYOUT=fs", "fs")]
    [TestCase("--fork --layout fs --mail-location ~/m:LAYOUT=maildir++", "~/m:LAYOUT=maildir++", "maildir++")]
    public void The_location_says_where_mail_is_and_wins_over_the_layout(string line, string location, string layout)
    {
        Settings settings = Read(line);
        Assert.That((settings.MailLocation!.ToString(), settings.Layout), Is.EqualTo((location, layout)));
    }

    [Test]
    public void What_was_typed_wins_over_the_file_in_whichever_of_the_two_ways()
    {
        Assert.That(Of((Typed("mail-location", "~/mail")), Filed("maildir-path", Existing)).MailLocation!.ToString(), Is.EqualTo("~/mail"));
        Settings settings = Of(Typed("maildir-path", Existing), Filed("mail-location", "~/mail"));
        Assert.That((settings.MailLocation, settings.MailRoot), Is.EqualTo((MailLocation.Below(Existing), Existing)));
        Assert.That(
            Assert.Throws<UsageException>(() => Of(Filed("maildir-path", Existing), Filed("mail-location", "~/mail")))!.Message,
            Does.Contain("exclude each other").And.Contain("/x.conf:1"));
    }

    [TestCase("--fork --mail-location /srv/mail", "--mail-location '/srv/mail' is the same for all users")]
    [TestCase("-s maildir --mail-location ~/mail", "--fork")]
    [TestCase("-s maildir --mail-location /no-such-directory/%u", "/no-such-directory, which is not a directory")]
    [TestCase("-s maildir --mail-location /%u", "belongs to root")]
    [TestCase("--mail-location /srv/%u", "--storage memory")]
    [TestCase("--fork --mail-location /srv/%u --maildir-path /tmp", "exclude each other")]
    public void A_location_that_cannot_be_is_refused_with_one_line(string line, string said)
    {
        UsageException error = Assert.Throws<UsageException>(() => Read(line))!;
        Assert.That(error.Message, Does.Contain(said).And.Not.Contain("\n"));
    }

    [Test]
    public void Where_one_process_serves_all_it_is_the_owner_of_what_they_have_in_common()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("imapd-test-");
        try
        {
            if (!Environment.IsPrivilegedProcess)
            {
                Assert.Ignore("needs root");
            }
            EndToEnd.Harness.Native.ChangeOwner(directory.FullName, 12345, 12345);
            Assert.That(Read($"-s maildir --mail-location {directory.FullName}/%u/mail").RunAs, Is.EqualTo(12345));
        }
        finally
        {
            directory.Delete();
        }
    }

    private static MailLocation Parse(string text) =>
        MailLocation.TryParse(text, out MailLocation? location, out string problem) ? location : throw new AssertionException(problem);

    private static (string Name, OptionValue Value) Typed(string name, string text) => (name, new OptionValue(text, Place: null));

    private static (string Name, OptionValue Value) Filed(string name, string text) => (name, new OptionValue(text, "/x.conf:1"));

    private static Settings Of(params (string Name, OptionValue Value)[] written)
    {
        OptionValues values = OptionsParser.Parse(["--fork"]);
        foreach ((string name, OptionValue value) in written)
        {
            values.Add(name, value);
        }
        return new SettingsReader(0, "/bin/true").Read(values);
    }

    private static Settings Read(string line) => new SettingsReader(0, "/bin/true")
        .Read(OptionsParser.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
}
