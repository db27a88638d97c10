using System.Text;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>Who gets in over PAM, and what the others are told.</summary>
internal sealed class LoginTests : EndToEndTest
{
    [Test]
    public void Two_users_at_once_each_see_their_own_mail_only()
    {
        ImapdProcess server = StartForking();
        Alice.Deliver(Mail.WithUnixLines("for alice"));
        Bob.Deliver(Mail.WithUnixLines("for bob, first"));
        Bob.Deliver(Mail.WithUnixLines("for bob, second"));
        ImapClient alice = Login(server, Alice);
        ImapClient bob = Login(server, Bob);

        Assert.That(alice.Command("SELECT INBOX").Untagged, Has.Some.EqualTo("* 1 EXISTS"));
        Assert.That(bob.Command("SELECT INBOX").Untagged, Has.Some.EqualTo("* 2 EXISTS"));
        string aliceSees = alice.Command("FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT)]").ToString();
        string bobSees = bob.Command("FETCH 1:* BODY.PEEK[HEADER.FIELDS (SUBJECT)]").ToString();
        Assert.That(aliceSees, Does.Contain("for alice").And.Not.Contain("for bob"));
        Assert.That(bobSees, Does.Contain("for bob, first").And.Contain("for bob, second").And.Not.Contain("for alice"));
    }

    [Test]
    public void Wrong_password_unknown_user_locked_account_and_root_get_the_same_answer()
    {
        ImapdProcess server = StartForking();
        using var locked = SystemUser.Create();
        Shell.Do("/usr/sbin/usermod", "--lock", locked.Name);

        string[] attempts = [$"{Alice.Name} wrong", "nobody-of-that-name wrong", $"{locked.Name} {locked.Password}", "root wrong"];
        var answers = attempts.Select(attempt => Connect(server).Command($"LOGIN {attempt}").ToString()).ToList();

        Assert.That(answers[0], Does.StartWith("NO [AUTHENTICATIONFAILED]"));
        Assert.That(answers, Is.All.EqualTo(answers[0]));
    }

    [Test]
    public void Root_is_refused_even_with_the_right_password()
    {
        RequireRoot();
        using PamService permits = PamService.ThatPermits();
        ImapdProcess server = StartForking("--pam-service", permits.Name, "--min-uid", "1");
        Assert.That(Connect(server).Command($"LOGIN {Alice.Name} x").IsOk, Is.True, "this PAM service accepts every password");
        Assert.That(Connect(server).Command("LOGIN root x").Status, Does.StartWith("NO [AUTHENTICATIONFAILED]"));
    }

    [Test]
    public void Another_name_for_uid_0_is_refused_too()
    {
        RequireRoot();
        using PamService permits = PamService.ThatPermits();
        using var toor = SystemUser.Create("--non-unique", "--uid", "0");
        ImapdProcess server = StartForking("--pam-service", permits.Name, "--min-uid", "1");
        Assert.That(Connect(server).Command($"LOGIN {toor.Name} x").Status, Does.StartWith("NO [AUTHENTICATIONFAILED]"));
    }

    [Test]
    public void A_system_account_below_the_smallest_uid_is_refused()
    {
        RequireRoot();
        using PamService permits = PamService.ThatPermits();
        ImapdProcess server = StartForking("--pam-service", permits.Name);
        Assert.That(Connect(server).Command("LOGIN daemon x").Status, Does.StartWith("NO [AUTHENTICATIONFAILED]"));
    }

    [Test]
    public void An_expired_account_is_told_so_when_the_password_is_right()
    {
        ImapdProcess server = StartForking();
        using var expired = SystemUser.Create();
        Shell.Do("/usr/bin/chage", "--expiredate", "1", expired.Name);
        Assert.That(Connect(server).Login(expired).Status, Does.StartWith("NO [EXPIRED]"));
    }

    [Test]
    public void A_password_that_must_be_changed_first_is_told_so()
    {
        ImapdProcess server = StartForking();
        using var expired = SystemUser.Create();
        Shell.Do("/usr/bin/chage", "--lastday", "0", expired.Name);
        Assert.That(Connect(server).Login(expired).Status, Does.StartWith("NO [EXPIRED]"));
    }

    [Test]
    public void A_PAM_service_that_cannot_be_loaded_never_lets_anybody_in()
    {
        RequireRoot();
        using PamService broken = PamService.ThatIsBroken();
        ImapdProcess server = StartForking("--pam-service", broken.Name);
        Assert.That(Connect(server).Login(Alice).Status, Does.StartWith("NO ["));
    }

    [Test]
    public void AUTHENTICATE_PLAIN_works_with_and_without_an_initial_response()
    {
        ImapdProcess server = StartForking();
        string message = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{Alice.Name}\0{Alice.Password}"));
        Assert.That(Connect(server).Command($"AUTHENTICATE PLAIN {message}").IsOk, Is.True);

        ImapClient client = Connect(server);
        client.Send("a AUTHENTICATE PLAIN\r\n");
        Assert.That(client.ReadLine(), Does.StartWith("+"));
        client.Send(message + "\r\n");
        Assert.That(client.Finish("a").IsOk, Is.True);
    }

    [Test]
    public void AUTHENTICATE_can_be_cancelled_and_the_session_goes_on()
    {
        ImapClient client = Connect(StartForking());
        client.Send("a AUTHENTICATE PLAIN\r\n");
        Assert.That(client.ReadLine(), Does.StartWith("+"));
        client.Send("*\r\n");
        Assert.That(client.Finish("a").Status, Does.StartWith("BAD"));
        Assert.That(client.Login(Alice).IsOk, Is.True);
    }

    [Test]
    public void An_authorization_identity_must_be_the_user_himself()
    {
        ImapdProcess server = StartForking();
        string Plain(string authorization) =>
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{authorization}\0{Alice.Name}\0{Alice.Password}"));
        Assert.That(Connect(server).Command($"AUTHENTICATE PLAIN {Plain(Bob.Name)}").Status, Does.StartWith("NO [AUTHORIZATIONFAILED]"));
        Assert.That(Connect(server).Command($"AUTHENTICATE PLAIN {Plain(Alice.Name)}").IsOk, Is.True);
    }

    [Test]
    public void A_password_may_be_a_literal()
    {
        ImapClient client = Connect(StartForking());
        client.Send($"a LOGIN {Alice.Name} {{{Alice.Password.Length}}}\r\n");
        Assert.That(client.ReadLine(), Does.StartWith("+"));
        client.Send(Alice.Password + "\r\n");
        Assert.That(client.Finish("a").IsOk, Is.True);
    }

    [Test]
    public void Guessing_is_ended_after_a_few_failures()
    {
        ImapClient client = Connect(StartForking());
        var answers = new List<string>();
        string? line = "";
        for (int i = 0; i < 10 && line is not null; i++)
        {
            client.Send($"g{i} LOGIN {Alice.Name} wrong{i}\r\n");
            line = client.ReadLine();
            answers.Add(line ?? "closed");
            if (line?.StartsWith("* BYE", StringComparison.Ordinal) == true)
            {
                break;
            }
        }
        Assert.That(answers, Has.Count.LessThan(10));
        Assert.That(client.ReadToEnd() + string.Join('\n', answers), Does.Contain("* BYE"));
    }

    [Test]
    public void Commands_pipelined_behind_LOGIN_are_answered_as_the_user()
    {
        ImapdProcess server = StartForking();
        Alice.Deliver(Mail.WithUnixLines("waiting"));
        ImapClient client = Connect(server);
        client.Send($"a LOGIN {Alice.Name} {Alice.Password}\r\nb SELECT INBOX\r\nc LOGOUT\r\n");
        Assert.That(client.Finish("a").IsOk, Is.True);
        Assert.That(client.Finish("b").Untagged, Has.Some.EqualTo("* 1 EXISTS"));
        Assert.That(client.Finish("c").IsOk, Is.True);
    }

    [Test]
    public void The_Maildir_is_made_on_first_login_for_the_user_alone()
    {
        Login(StartForking(), Alice).Command("SELECT INBOX");
        Assert.That(File.GetUnixFileMode(Alice.Maildir), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        Assert.That(Shell.Do("stat", "--format", "%u:%g", Alice.Maildir).Trim(), Is.EqualTo($"{Alice.UserId}:{Alice.GroupId}"));
    }
}
