using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Migration;

/// <summary>One Maildir, served by Debian's Dovecot and by this store in turn.</summary>
internal sealed class DovecotTests
{
    private SharedAccount _account = null!;

    [SetUp]
    public void Make() => _account = new SharedAccount();

    [TearDown]
    public void Remove() => _account.Dispose();

    [TestCase("")]
    [TestCase(":UTF-8")]
    [TestCase(":LAYOUT=fs")]
    [TestCase(":LAYOUT=fs:UTF-8")]
    public void A_Maildir_goes_from_Dovecot_to_here_and_back_and_again_with_everything(string options)
    {
        _account.Layout = options.Contains("fs", StringComparison.Ordinal) ? MailboxLayout.Fs : MailboxLayout.MaildirPlusPlus;
        string first = ServedByDovecot(options.Length == 0 ? 5000 : 500, options);
        Assert.That(_account.ViewHere(), Is.EqualTo(first), "Dovecot, then here");

        _account.Here(Change);
        string here = _account.ViewHere();
        Assert.That(here, Is.Not.EqualTo(first));
        Assert.That(ByDovecot(options), Is.EqualTo(here), "then Dovecot");

        using (ImapPipe dovecot = RealServers.Dovecot(_account.Maildir, options))
        {
            dovecot.Do("SELECT INBOX");
            dovecot.Do("UID STORE 20 -FLAGS ($Work)");
            dovecot.Do("UID STORE 21 +FLAGS (\\Deleted Late)");
            dovecot.Do("APPEND INBOX (Here)", MailOfHere.Message("of Dovecot"));
            dovecot.Do("CREATE late.x");
            dovecot.Do("UNSUBSCRIBE \"Entw&APw-rfe/&ANw-x\"");
            dovecot.Do("DELETE \"c d/R&-D\"");
        }

        _account.Deliver(10);
        string second = ByDovecot(options);
        Assert.That(_account.ViewHere(), Is.EqualTo(second), "then here again");
        Assert.That(ByDovecot(options), Is.EqualTo(second), "then Dovecot again");
    }

    [Test]
    public void A_Maildir_goes_from_Dovecot_to_the_worker_and_back()
    {
        string first = ServedByDovecot(50, "");
        using (ImapPipe worker = RealServers.Worker(_account))
        {
            Assert.That(AccountView.Of(worker), Is.EqualTo(first));
            worker.Do("SELECT INBOX");
            worker.Do("UID STORE 3:5 +FLAGS (\\Deleted Fresh)");
            worker.Do("UID EXPUNGE 4");
            worker.Do("UID MOVE 5 \"Entw&APw-rfe/&ANw-x\"");
            worker.Do("RENAME \"c d\" moved");
            worker.Do("APPEND moved/R&-D (\\Seen Fresh)", MailOfHere.Message("of the worker"));
        }

        using ImapPipe again = RealServers.Worker(_account);
        Assert.That(ByDovecot(""), Is.EqualTo(AccountView.Of(again)).And.Not.EqualTo(first));
    }

    [Test]
    public void Files_as_Dovecot_2_4_writes_them_are_read_and_kept()
    {
        // mailbox_list_utf8 = yes, mailbox_list_storage_escape_char = "\".
        const string Guid = "5e8c52391ee04d67a2a5000095bd7a29";
        string root = _account.Maildir;
        Directory.CreateDirectory(Path.Combine(root, ".Entwürfe.a\\2eb"));
        File.WriteAllText(Path.Combine(root, "subscriptions"), "V\t2\n\nEntwürfe\ta\\2eb\n");
        File.WriteAllText(
            Path.Combine(root, "dovecot-uidlist"),
            $"3 V1700000000 N10 G{Guid} X123\n3 W18 :1.a\n7 Gdeadbeef W20 P5 :2.b:2,S\n8 :3.gone:2,\n");
        File.WriteAllText(Path.Combine(root, "dovecot-keywords"), "0 $Work\n1 NonJunk\n");
        File.WriteAllText(Path.Combine(root, "cur", "1.a:2,Sa"), "Subject: x\n\nbody\n");
        File.WriteAllText(Path.Combine(root, "cur", "2.b:2,Fb"), "Subject: y\n\nbody\n");
        _account.Here(store =>
        {
            using (Mailbox inbox = store.Select(MailboxName.Inbox, false))
            {
                Assert.That(inbox.State.UidValidity.Value, Is.EqualTo(1700000000));
                Assert.That(inbox.State.MailboxId, Is.EqualTo(Guid));
                Assert.That(inbox.State.Uids(), Is.EqualTo(new uint[] { 3, 7 }));
                Assert.That(inbox.State.KeywordsAt(0), Is.EqualTo(new[] { "$Work" }));
                Assert.That(inbox.State.KeywordsAt(1), Is.EqualTo(new[] { "NonJunk" }));
            }

            Assert.That(store.List().Select(static entry => entry.Name.Value), Is.EqualTo(new[] { "INBOX", "Entwürfe", "Entwürfe/a.b" }));
            Assert.That(store.Subscriptions().Select(static name => name.Value), Is.EqualTo(new[] { "Entwürfe/a.b" }));
            store.Create(TestTree.Name("Größe"), SpecialUse.None);
            store.Subscribe(TestTree.Name("Größe"));
            Assert.That(MailOfHere.Append(store, "INBOX", "z").Uids[0].Value, Is.EqualTo(10));
        });
        Assert.That(Directory.Exists(Path.Combine(root, ".Größe")), Is.True);
        Assert.That(File.ReadAllText(Path.Combine(root, "subscriptions")), Is.EqualTo("V\t2\n\nEntwürfe\ta\\2eb\nGröße\n"));
        string[] list = File.ReadAllLines(Path.Combine(root, "dovecot-uidlist"));
        Assert.That(list[0], Is.EqualTo($"3 V1700000000 N10 G{Guid} X123"));
        Assert.That(list, Has.Some.EqualTo("7 Gdeadbeef W20 P5 :2.b:2,S"));
    }

    private static void Change(MailStore store) =>
        MailOfHere.Change(store, made: "Größe.x/new & old", renamed: "a.b", unsubscribed: "a.b/c d");

    private string ServedByDovecot(int messages, string options)
    {
        _account.Deliver(messages);
        using ImapPipe dovecot = RealServers.Dovecot(_account.Maildir, options);
        dovecot.Do("CREATE a.b");
        dovecot.Do("CREATE \"a.b/c d\"");
        dovecot.Do("CREATE \"c d/R&-D\"");
        dovecot.Do("CREATE \"Entw&APw-rfe/&ANw-x\"");
        dovecot.Do("SUBSCRIBE INBOX");
        dovecot.Do("SUBSCRIBE \"a.b/c d\"");
        dovecot.Do("SUBSCRIBE \"Entw&APw-rfe/&ANw-x\"");
        dovecot.Do("SELECT INBOX");
        dovecot.Do("UID STORE 1:4 +FLAGS ($Work)");
        dovecot.Do("UID STORE 3:6 +FLAGS (Other $Forwarded)");
        dovecot.Do("UID STORE 4 -FLAGS (Other)");
        dovecot.Do("APPEND INBOX (\\Seen $Work) \"17-Jul-2020 02:44:25 +0200\"", MailOfHere.Message("appended"));
        dovecot.Do("APPEND \"c d/R&-D\" (\\Flagged Other)", MailOfHere.Message("there"));
        dovecot.Do("COPY 3 \"Entw&APw-rfe/&ANw-x\"");
        dovecot.Do("COPY 4 \"a.b/c d\"");
        dovecot.Do("UID STORE 2 +FLAGS (\\Deleted)");
        dovecot.Do("EXPUNGE");
        return AccountView.Of(dovecot);
    }

    private string ByDovecot(string options)
    {
        using ImapPipe dovecot = RealServers.Dovecot(_account.Maildir, options);
        return AccountView.Of(dovecot);
    }
}
