using System.Globalization;
using System.Text.RegularExpressions;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.Odd;

/// <summary>What sessions make of directories in which there is more than mail.</summary>
internal sealed partial class OddDirectoryTests : OddTest
{
    /// <summary>What reading a directory may cost, whatever is in it.</summary>
    private const int ScanKilobytes = 12 * 1024;

    /// <summary>What a session with a hundred thousand messages may keep.</summary>
    private const int MailboxKilobytes = 48 * 1024;

    /// <summary>What it may have in memory for a moment, files that are mapped among it.</summary>
    private const int PeakKilobytes = 96 * 1024;

    private const string OddThings = """
        for part in new cur; do
            mkfifo "$part/1.fifo" "$part/1.fifo:2,S"
            mkdir "$part/2.directory" "$part/2.directory:2,F"
            ln -s /etc/passwd "$part/3.link:2,"
            ln -s /nowhere "$part/3.dangling:2,"
            ln -s ../cur "$part/3.loop:2,"
            ln -s /dev/zero "$part/3.zero:2,"
            perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un($ARGV[0]))' "$part/4.socket:2,"
            [ "$(id -u)" != 0 ] || mknod "$part/5.device:2," c 1 5
        done
        """;

    [Test]
    public void What_is_no_file_is_no_message_and_whatever_is_asked_nobody_hangs()
    {
        Write("new/10.mail", "Subject: one\n\nfirst\n");
        Write("cur/11.mail:2,", "Subject: two\n\nsecond\n");
        Shell(OddThings);
        string[] before = Things();
        using WorkerClient client = Connect();
        Assert.That(client.Command("STATUS INBOX (MESSAGES UNSEEN SIZE)").Untagged[0], Does.Contain("MESSAGES 2"));
        Assert.That(client.Command("SELECT INBOX").Untagged, Does.Contain("* 2 EXISTS"));
        foreach (string command in new[]
        {
            "FETCH 1:* (FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY[])", "SEARCH TEXT first", "SEARCH LARGER 1",
            "STORE 1:* +FLAGS (\\Flagged kw)", "COPY 1:* INBOX", "NOOP", "FETCH 1:* (UID FLAGS BODY.PEEK[TEXT])", "CREATE other", "MOVE 4 other",
            "STORE 1:* +FLAGS (\\Deleted)", "EXPUNGE",
        })
        {
            Assert.That(client.Command(command).IsOk, Is.True, command);
        }

        Write("tmp/12.mail", "Subject: late\n\n");
        File.Move(Path.Combine(Root, "tmp", "12.mail"), Path.Combine(Root, "new", "12.mail"));
        Assert.That(client.Command("NOOP").Untagged, Does.Contain("* 1 EXISTS"));
        Assert.That(Things().Where(IsNoMail), Is.EqualTo(before.Where(IsNoMail)), "they are left alone");
    }

    [TestCase("mkfifo \"$f\"")]
    [TestCase("mkdir \"$f\"")]
    [TestCase("ln -s /etc/passwd \"$f\"")]
    [TestCase("ln -s /dev/zero \"$f\"")]
    public void Something_put_in_a_message_s_place_is_not_read(string make)
    {
        Write("cur/10.mail:2,S", "Subject: one\n\nfirst\n");
        Write("cur/11.mail:2,S", "Subject: two\n\nsecond\n");
        using WorkerClient client = ConnectSelected();
        Shell($"f=cur/10.mail:2,S; rm \"$f\"; {make}");
        ImapReply reply = client.Command("FETCH 1:2 BODY.PEEK[]");
        Assert.That(reply.ToString(), Does.Contain("second").And.Not.Contain("root:").And.Not.Contain("* 1 FETCH (BODY"));
        Assert.That(client.Command("NOOP").Untagged, Does.Contain("* 1 EXPUNGE"));
        Assert.That(client.Command("SEARCH ALL").Untagged, Does.Contain("* SEARCH 1"));
    }

    [Test]
    public void Every_name_that_a_message_can_have_is_one_message_that_keeps_its_UID()
    {
        string longest = "20." + new string('n', 252);
        Shell($"""
            put() {"{"} printf 'Subject: %s\n\n' "$1" > "$2"; {"}"}
            put longest new/{longest}
            put colons 'cur/21.colons:2,S:2,F'
            put one 'cur/22.info:1,S'
            put letters 'cur/23.letters:2,SXYZ9'
            put more 'cur/24.more:2,S,extra=1'
            put plain 'cur/25.plain'
            put utf8 "cur/$(printf '26.\303\244:2,')"
            put bad "cur/$(printf '27.\377\300\200:2,S')"
            put space 'cur/28.a b "c" \:2,'
            put sizes 'cur/29.sizes,S=1,W=99999:2,'
            put huge 'cur/30.huge,S=9223372036854775807,W=9223372036854775808:2,'
            put minus 'cur/31.minus,S=-5,W=-7:2,'
            : > 'cur/32.empty:2,'
            """);
        if (Environment.IsPrivilegedProcess)
        {
            Shell("chown -R --reference=. new cur");
        }

        using WorkerClient client = ConnectSelected();
        Dictionary<string, string> first = Subjects(client);
        Assert.That(first, Has.Count.EqualTo(13), string.Join(' ', first));
        for (int uid = 1; uid <= 13; uid++)
        {
            // What has no room for flags in its name says so.
            ImapReply reply = client.Command(string.Create(CultureInfo.InvariantCulture, $"UID STORE {uid} +FLAGS (\\Flagged \\Answered kw)"));
            Assert.That(reply.Status, Does.StartWith("OK").Or.StartWith("NO [CANNOT]"), reply.ToString);
        }

        Assert.That(Subjects(client), Is.EqualTo(first));
        using WorkerClient other = ConnectSelected();
        Assert.That(Subjects(other), Is.EqualTo(first));
        Assert.That(other.Command("SEARCH FLAGGED KEYWORD kw").Untagged[0].Split(' '), Has.Length.GreaterThanOrEqualTo(2 + 12));
        foreach (string line in other.Command("FETCH 1:* (RFC822.SIZE BODY.PEEK[])").Untagged)
        {
            Match sizes = Sizes().Match(line);
            Assert.That(sizes.Groups[1].Value, Is.EqualTo(sizes.Groups[2].Value), line);
        }

        // .NET cannot remove a file whose name is not UTF-8.
        Shell("rm -r cur && mkdir cur");
    }

    [Test]
    public void One_base_name_for_several_messages_hides_none_of_them()
    {
        Write("new/10.same", "Subject: new\n\n");
        Write("cur/10.same:2,S", "Subject: seen\n\n");
        Write("cur/10.same:2,FS", "Subject: flagged\n\n");
        Write("cur/11.linked:2,S", "Subject: linked\n\n");
        Shell("ln cur/11.linked:2,S new/11.linked");
        using WorkerClient client = ConnectSelected();
        Dictionary<string, string> subjects = Subjects(client);
        Assert.That(subjects.Values, Is.EquivalentTo(new[] { "new", "seen", "flagged", "linked" }));
        using WorkerClient other = ConnectSelected();
        Assert.That(Subjects(other), Is.EqualTo(subjects));
    }

    [Test]
    public void Without_end_things_that_are_no_messages_cost_no_memory()
    {
        Write("cur/10.mail:2,", "Subject: one\n\nfirst\n");
        int before;
        using (WorkerClient client = ConnectSelected())
        {
            before = client.Process.Kilobytes("Private_Dirty");
        }

        Shell("""
            perl -e 'for (1..20000) { symlink "/nowhere", "cur/$_.link:2,"; symlink "/etc/passwd", "new/$_.link" } system "mkfifo", map "new/$_.fifo", 1..2000'
            """);
        using WorkerClient many = ConnectSelected();
        Assert.That(many.Command("UID FETCH 1:* FLAGS").Untagged, Has.Count.EqualTo(1));
        Assert.That(many.Command("NOOP").IsOk, Is.True);
        Assert.That(many.Process.Kilobytes("Private_Dirty"), Is.LessThan(before + ScanKilobytes));
    }

    [Test]
    public void A_hundred_thousand_empty_files_are_as_many_messages()
    {
        Shell("perl -e 'for (1..100000) { open my $f, \">\", \"cur/$_.odd:2,\" }'; chown --reference=. cur/1.odd:2,");
        using WorkerClient client = Connect();
        Assert.That(client.Command("SELECT INBOX").Untagged, Does.Contain("* 100000 EXISTS"));
        Assert.That(client.Command("STATUS INBOX (MESSAGES SIZE)").Untagged[0], Does.Contain("MESSAGES 100000").And.Contain("SIZE 0"));
        Assert.That(client.Command("FETCH 100000 (RFC822.SIZE BODY[])").Untagged[0], Does.Contain("RFC822.SIZE 0").And.Match("BODY\\[\\] (\"\"|\\{0\\})"));
        Assert.That(client.Process.Kilobytes("Private_Dirty"), Is.LessThan(MailboxKilobytes));
    }

    [Test]
    public void What_another_program_does_to_a_hundred_thousand_messages_costs_no_more_than_a_first_look()
    {
        Shell("perl -e 'for (1..100000) { open my $f, \">\", \"cur/$_.odd:2,\" }'; chown --reference=. cur/1.odd:2,");
        int first;
        using (WorkerClient client = ConnectSelected())
        {
            first = client.Process.PeakKilobytes;
        }

        Shell("perl -e 'for (1..100000) { rename \"cur/$_.odd:2,\", \"cur/$_.odd:2,S\" }'; echo > new/7.odd; echo > 'new/8\n.odd'");
        using WorkerClient again = ConnectSelected();
        Assert.That(again.Command("SEARCH UNSEEN").Untagged[0].Split(' '), Has.Length.LessThanOrEqualTo(2 + 2));
        TestContext.Out.WriteLine($"{first} KB the first time, {again.Process.PeakKilobytes} KB with an index that differs");
        Assert.That(first, Is.LessThan(PeakKilobytes));
        Assert.That(again.Process.PeakKilobytes, Is.LessThan(PeakKilobytes));
    }

    private static bool IsNoMail(string path) => !path.Contains("mail", StringComparison.Ordinal) && !path.Contains("imapt", StringComparison.Ordinal)
        && OddName().IsMatch(path);

    private static Dictionary<string, string> Subjects(WorkerClient client)
    {
        var subjects = new Dictionary<string, string>();
        foreach (string line in client.Command("UID FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT)]").Untagged)
        {
            Match match = UidAndSubject().Match(line);
            if (match.Success)
            {
                subjects.Add(match.Groups[1].Value, match.Groups[2].Value);
            }
        }

        return subjects;
    }

    private string[] Things() => [.. new[] { "new", "cur" }.SelectMany(part => Directory.GetFileSystemEntries(Path.Combine(Root, part))).Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"UID (\d+) [^\r\n]*(?:\r\n(?:Subject: (\w*)\r\n)?| """"\))", RegexOptions.None)]
    private static partial Regex UidAndSubject();

    [GeneratedRegex(@"RFC822\.SIZE (\d+) BODY\[\] \{(\d+)\}")]
    private static partial Regex Sizes();

    [GeneratedRegex(@"/[1-5]\.")]
    private static partial Regex OddName();
}
