using Imapd.Storage.Maildir;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Migration;

/// <summary>One Maildir, served by Debian's Courier, by this store, and by others in turn.</summary>
internal sealed class CourierTests
{
    private SharedAccount _account = null!;

    [SetUp]
    public void Make() => _account = new SharedAccount();

    [TearDown]
    public void Remove() => _account.Dispose();

    [Test]
    public void A_Maildir_goes_from_Courier_to_here_and_back_and_again_with_everything()
    {
        string first = ServedByCourier(5000);
        string here = _account.ViewHere();
        Assert.That(here, Is.EqualTo(first), "Courier, then here");

        _account.Here(Change);
        here = _account.ViewHere();
        Assert.That(here, Is.Not.EqualTo(first));
        Assert.That(ByCourier(), Is.EqualTo(here), "then Courier");

        using (ImapPipe courier = RealServers.Courier(_account.Maildir))
        {
            courier.Do("SELECT \"INBOX.c d.R&-D\"");
            courier.Do("STORE 1 +FLAGS (Late)");
            courier.Do("SELECT INBOX");
            courier.Do("UID STORE 20 -FLAGS ($Work)");
            courier.Do("UID STORE 21 +FLAGS (\\Deleted)");
            courier.Do("APPEND INBOX (Here) ", MailOfHere.Message("of Courier"));
            courier.Do("APPEND INBOX", MailOfHere.Message("of Courier too"));
            courier.Do("CREATE INBOX.late");
        }

        _account.Deliver(10);
        string second = ByCourier();
        Assert.That(_account.ViewHere(), Is.EqualTo(second), "then here again");
        Assert.That(ByCourier(), Is.EqualTo(second), "then Courier again");
    }

    [Test]
    public void A_Maildir_goes_from_Courier_to_here_to_Dovecot()
    {
        ServedByCourier(300);
        _account.Here(Change);
        string here = _account.ViewHere();

        // Courier 5 writes names in UTF-8, and Dovecot can be told so.
        using ImapPipe dovecot = RealServers.Dovecot(_account.Maildir, ":UTF-8");
        Assert.That(AccountView.Of(dovecot), Is.EqualTo(here));
    }

    [Test]
    public void A_message_added_here_before_anything_else_gets_a_UID_that_Courier_has_not_given()
    {
        ServedByCourier(10);
        string first = _account.ViewHere();
        using (ImapPipe courier = RealServers.Courier(_account.Maildir))
        {
            courier.Do("APPEND INBOX", MailOfHere.Message("x"));
        }

        AppendResult? result = null;
        _account.Here(store => result = MailOfHere.Append(store, "INBOX", "y"));
        string here = _account.ViewHere();
        Assert.That(here.Split('\n'), Has.Length.EqualTo(first.Split('\n').Length + 2));
        Assert.That(ByCourier(), Is.EqualTo(here));
        Assert.That(here, Does.Contain($"\n{result!.Uids[0]} "));
    }

    // Courier knows no name with a full stop in it.
    private static void Change(MailStore store) => MailOfHere.Change(store, made: "Größe/new & old", renamed: "a/b", unsubscribed: "a/b");

    private string ServedByCourier(int messages)
    {
        _account.Deliver(messages);
        using ImapPipe courier = RealServers.Courier(_account.Maildir);
        courier.Do("CREATE INBOX.a.b");
        courier.Do("CREATE \"INBOX.c d.R&-D\"");
        courier.Do("CREATE INBOX.Entw&APw-rfe.&ANw-x");
        courier.Do("CREATE \"INBOX.we:ird~\"");
        courier.Do("SUBSCRIBE INBOX");
        courier.Do("SUBSCRIBE INBOX.a.b");
        courier.Do("SUBSCRIBE INBOX.Entw&APw-rfe.&ANw-x");
        courier.Do("SELECT INBOX");
        courier.Do("UID STORE 1:4 +FLAGS ($Work)");
        courier.Do("UID STORE 3:6 +FLAGS (Other $Forwarded)");
        courier.Do("UID STORE 4 -FLAGS (Other)");
        courier.Do("APPEND INBOX (\\Seen $Work) \"17-Jul-2020 02:44:25 +0200\"", MailOfHere.Message("appended"));
        courier.Do("APPEND \"INBOX.c d.R&-D\" (\\Flagged Other)", MailOfHere.Message("there"));
        courier.Do("COPY 3 INBOX.a.b");
        courier.Do("COPY 3 INBOX.Entw&APw-rfe.&ANw-x");
        courier.Do("UID STORE 2 +FLAGS (\\Deleted)");
        courier.Do("EXPUNGE");
        return AccountView.Of(courier, "INBOX.", '.');
    }

    private string ByCourier()
    {
        using ImapPipe courier = RealServers.Courier(_account.Maildir);
        return AccountView.Of(courier, "INBOX.", '.');
    }
}
