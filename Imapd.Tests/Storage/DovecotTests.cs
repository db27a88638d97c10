using System.Diagnostics;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

/// <summary>One Maildir, served by Debian's Dovecot and by this store in turn.</summary>
internal sealed class DovecotTests
{
    private const string Program = "/usr/lib/dovecot/imap";

    [Test]
    public void A_Maildir_goes_from_Dovecot_to_here_and_back_with_UIDs_flags_keywords_and_subscriptions()
    {
        if (!File.Exists(Program))
        {
            Assert.Ignore("needs dovecot-imapd");
        }

        if (Mono.Unix.Native.Syscall.geteuid() != 0)
        {
            Assert.Ignore("needs root");
        }

        using var tree = new TestTree();
        string[] first = [];
        As.Nobody(tree.Root, () => first = Dovecot(
            tree.Root,
            "a CREATE \"a.b/c d\"",
            "b CREATE \"R&-D/&ANw-x\"",
            "c SUBSCRIBE \"a.b/c d\"",
            "d SUBSCRIBE \"R&-D/&ANw-x\"",
            "e APPEND INBOX (\\Seen $Work) {19+}\r\nSubject: x\r\n\r\nhello",
            "f APPEND INBOX {12+}\r\nSubject: y\r\n",
            "g SELECT INBOX",
            "h LOGOUT"));
        string validity = first.Single(line => line.Contains("UIDVALIDITY", StringComparison.Ordinal)).Split(' ')[3].TrimEnd(']');

        As.Nobody(tree.Root, () => Change(tree, validity));

        string[] second = Dovecot(
            tree.Root,
            "a LIST (SUBSCRIBED) \"\" *",
            "b SELECT \"new.one/x\"",
            "c FETCH 1:* (UID)",
            "d SELECT INBOX",
            "e FETCH 1:* (UID FLAGS RFC822.SIZE BODY.PEEK[])",
            "f CREATE late",
            "g STATUS late (UIDVALIDITY)",
            "h LOGOUT");
        Assert.That(second, Has.Some.Contains("UIDVALIDITY " + validity));
        Assert.That(second, Has.Some.Match("LIST .*a\\.b/c d").And.Some.Match("LIST .*new\\.one/x"));
        Assert.That(second, Has.Some.EqualTo("* 1 FETCH (UID 1)"));
        Assert.That(second, Has.Some.Match("FETCH \\(UID 1 FLAGS \\(\\\\Answered \\\\Seen \\$Work\\) RFC822.SIZE 19"));
        Assert.That(second, Has.Some.Match("FETCH \\(UID 2 FLAGS \\(Ours\\) RFC822.SIZE 12"));
        Assert.That(second, Has.Some.Match("FETCH \\(UID 3 FLAGS \\(\\\\Draft\\) RFC822.SIZE 10"));
    }

    private static void Change(TestTree tree, string validity)
    {
        Assert.That(
            tree.Store.List().Select(entry => entry.Name.Value),
            Is.EqualTo(new[] { "INBOX", "R&D", "R&D/Üx", "a.b", "a.b/c d" }));
        Assert.That(tree.Store.Subscriptions().Select(name => name.Value), Is.EqualTo(new[] { "R&D/Üx", "a.b/c d" }));
        using Mailbox mailbox = tree.Store.Select(MailboxName.Inbox, false);
        Assert.That(mailbox.State.UidValidity.ToString(), Is.EqualTo(validity));
        Assert.That(mailbox.State.Uids(), Is.EqualTo(new uint[] { 1, 2 }));
        Assert.That(mailbox.State.KeywordsAt(0), Is.EqualTo(new[] { "$Work" }));
        Assert.That(mailbox.Wire(new Uid(1)), Is.EqualTo("Subject: x\r\n\r\nhello"));
        mailbox.ChangeFlags([new Uid(1)], new FlagChange(FlagChangeKind.Add, new FlagSet(SystemFlags.Answered, [])));
        mailbox.ChangeFlags([new Uid(2)], new FlagChange(FlagChangeKind.Replace, new FlagSet(SystemFlags.None, ["Ours"])));
        Assert.That(tree.Append("Subject:z\n", flags: SystemFlags.Draft).Uids[0].Value, Is.EqualTo(3));
        tree.Create("new.one/x");
        tree.Store.Subscribe(TestTree.Name("new.one/x"));
        mailbox.Copy([new Uid(1)], TestTree.Name("new.one/x"));
    }

    private static string[] Dovecot(string root, params string[] commands)
    {
        string configuration = Path.Combine(root, "dovecot.conf");
        File.WriteAllText(configuration, $$"""
            base_dir = {{root}}/run
            log_path = /dev/stderr
            ssl = no
            mail_location = maildir:{{root}}
            first_valid_uid = 1
            mail_plugins = listescape
            plugin {
              listescape_char = "\\"
            }
            namespace inbox {
              inbox = yes
              separator = /
            }
            """);
        var start = new ProcessStartInfo("setpriv", ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups", Program, "-c", configuration])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["USER"] = "nobody", ["HOME"] = root },
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(string.Concat(commands.Select(command => command + "\r\n")));
        process.StandardInput.Close();
        string[] answers = process.StandardOutput.ReadToEnd().Split("\r\n");
        process.WaitForExit();
        Assert.That(answers, Has.None.Match("^[a-h] (NO|BAD)"), string.Join('\n', answers));
        Assert.That(answers, Has.Some.StartsWith("h OK"));
        return answers;
    }
}
