using System.Text;
using Imapd.Protocol.Handoff;
using Imapd.Tests.EndToEnd.Harness;
using Imapd.Worker.Login;
using Imapd.Worker.Session;
using NUnit.Framework;

namespace Imapd.Tests.Worker.Login;

/// <summary>What PAM's answers become, with real accounts and real modules.</summary>
internal sealed class PamLoginTests : RootTest
{
    private SystemUser _user = null!;

    [OneTimeSetUp]
    public void CreateUser() => _user = SystemUser.Create();

    [OneTimeTearDown]
    public void RemoveUser() => _user?.Dispose();

    [Test]
    public void The_right_password_gives_the_identity_of_the_account()
    {
        using var service = TestPamService.ForAccounts();
        UserIdentity identity = Attempt(service, _user.Name, _user.Password).Identity!;
        Assert.Multiple(() =>
        {
            Assert.That(identity.Name, Is.EqualTo(_user.Name));
            Assert.That(identity.UserId, Is.EqualTo(_user.UserId));
            Assert.That(identity.GroupId, Is.EqualTo(_user.GroupId));
            Assert.That(identity.Groups, Does.Contain(_user.GroupId));
            Assert.That(identity.Home, Is.EqualTo(_user.Home));
        });
    }

    [Test]
    public void A_wrong_password_is_refused()
    {
        using var service = TestPamService.ForAccounts();
        Assert.That(Attempt(service, _user.Name, "wrong").Failure, Is.EqualTo(LoginFailure.BadCredentials));
    }

    [Test]
    public void An_unknown_user_is_refused()
    {
        using var service = TestPamService.ForAccounts();
        Assert.That(Attempt(service, "imapt-nobody-at-all", "x").Failure, Is.EqualTo(LoginFailure.BadCredentials));
    }

    [Test]
    public void A_user_whom_only_PAM_knows_is_refused()
    {
        using var service = TestPamService.ThatPermits();
        Assert.That(Attempt(service, "imapt-nobody-at-all", "x").Failure, Is.EqualTo(LoginFailure.BadCredentials));
    }

    [Test]
    public void A_locked_account_is_refused()
    {
        using var service = TestPamService.ForAccounts();
        using SystemUser user = SystemUser.Create();
        Shell.Do("/usr/sbin/usermod", "-L", user.Name);
        Assert.That(Attempt(service, user.Name, user.Password).Failure, Is.EqualTo(LoginFailure.BadCredentials));
    }

    [Test]
    public void An_account_without_a_password_is_refused_even_where_PAM_would_let_it_in()
    {
        using var service = TestPamService.ForAccounts();
        using SystemUser user = SystemUser.Create();
        Shell.Do("/usr/bin/passwd", "-d", user.Name);
        Assert.That(Attempt(service, user.Name, "").Failure, Is.EqualTo(LoginFailure.BadCredentials));
    }

    [Test]
    public void An_expired_account_is_told_so()
    {
        using var service = TestPamService.ForAccounts();
        using SystemUser user = SystemUser.Create();
        Shell.Do("/usr/bin/chage", "-E", "0", user.Name);
        Assert.That(Attempt(service, user.Name, user.Password).Failure, Is.EqualTo(LoginFailure.Expired));
    }

    [Test]
    public void A_password_that_must_be_changed_is_told_as_expired()
    {
        using var service = TestPamService.ForAccounts();
        using SystemUser user = SystemUser.Create();
        Shell.Do("/usr/bin/chage", "-d", "0", user.Name);
        Assert.That(Attempt(service, user.Name, user.Password).Failure, Is.EqualTo(LoginFailure.Expired));
    }

    [Test]
    public void An_expired_account_with_a_wrong_password_is_a_wrong_password()
    {
        using var service = TestPamService.ForAccounts();
        using SystemUser user = SystemUser.Create();
        Shell.Do("/usr/bin/chage", "-E", "0", user.Name);
        Assert.That(Attempt(service, user.Name, "wrong").Failure, Is.EqualTo(LoginFailure.BadCredentials));
    }

    [Test]
    public void Root_is_refused_though_the_password_is_right()
    {
        using var service = TestPamService.ThatPermits();
        PamResult result = Attempt(service, "root", "x", minUserId: 0);
        Assert.That(result.Identity, Is.Null);
        Assert.That(result.Failure, Is.EqualTo(LoginFailure.RefusedByPolicy));
    }

    [Test]
    public void A_uid_below_the_minimum_is_refused()
    {
        using var service = TestPamService.ForAccounts();
        PamResult result = Attempt(service, _user.Name, _user.Password, minUserId: _user.UserId + 1);
        Assert.That(result.Failure, Is.EqualTo(LoginFailure.RefusedByPolicy));
    }

    [Test]
    public void A_service_whose_module_does_not_exist_is_unavailable()
    {
        using var service = new TestPamService("auth required pam_that_is_not_there.so", "account required pam_permit.so");
        Assert.That(Attempt(service, _user.Name, _user.Password).Failure, Is.EqualTo(LoginFailure.Unavailable));
    }

    [TestCase("auth=authinfo_unavail", LoginFailure.Unavailable)]
    [TestCase("auth=service_err", LoginFailure.Unavailable)]
    [TestCase("auth=system_err", LoginFailure.Unavailable)]
    [TestCase("auth=buf_err", LoginFailure.Unavailable)]
    [TestCase("auth=abort", LoginFailure.Unavailable)]
    [TestCase("auth=auth_err", LoginFailure.BadCredentials)]
    [TestCase("auth=perm_denied", LoginFailure.BadCredentials)]
    [TestCase("auth=user_unknown", LoginFailure.BadCredentials)]
    [TestCase("auth=maxtries", LoginFailure.BadCredentials)]
    [TestCase("acct=acct_expired", LoginFailure.Expired)]
    [TestCase("acct=new_authtok_reqd", LoginFailure.Expired)]
    [TestCase("acct=perm_denied", LoginFailure.RefusedByPolicy)]
    [TestCase("acct=service_err", LoginFailure.Unavailable)]
    [TestCase("cred=cred_err", LoginFailure.Unavailable)]
    [TestCase("open_session=session_err", LoginFailure.Unavailable)]
    public void What_a_module_returns_decides(string returned, LoginFailure expected)
    {
        using var service = new TestPamService(
            $"auth required pam_debug.so {returned}",
            $"account required pam_debug.so {returned}",
            $"session required pam_debug.so {returned}");
        PamResult result = Attempt(service, _user.Name, _user.Password);
        Assert.That(result.Identity, Is.Null);
        Assert.That(result.Failure, Is.EqualTo(expected), result.Detail);
    }

    [Test]
    public void A_nologin_file_refuses_a_right_password()
    {
        using var directory = new TemporaryDirectory();
        string nologin = Path.Combine(directory.Path, "nologin");
        File.WriteAllText(nologin, "\n  Closed for repairs  \nuntil noon\n");
        using var service = TestPamService.ThatPermits($"account required pam_nologin.so file={nologin}");
        PamResult Attempt(params string[] files) =>
            new PamLogin(service.Name, 1000, "192.0.2.7", new LoginRules()) { ClosingFiles = files }.Attempt(_user.Name, "x"u8.ToArray());

        PamResult closed = Attempt("/no/such/file", nologin);
        PamResult refused = Attempt("/no/such/file");
        File.WriteAllText(nologin, "");
        PamResult silent = Attempt(nologin);

        Assert.That(closed.Failure, Is.EqualTo(LoginFailure.Unavailable));
        Assert.That(Refusals.For(closed), Is.EqualTo(LoginOutcome.Failure("UNAVAILABLE", "Closed for repairs")));
        Assert.That(closed.Severity, Is.EqualTo(LogSeverity.Information), "what the administrator wants is no error");
        Assert.That(refused.Failure, Is.EqualTo(LoginFailure.RefusedByPolicy), "it is another module that refuses");
        Assert.That(Refusals.For(silent).Text, Is.EqualTo("Nobody can log in at present"));
    }

    [Test]
    public void A_module_that_asks_for_more_than_the_password_is_refused_it()
    {
        using var service = new TestPamService(
            "auth required pam_unix.so nodelay", "auth required pam_ftp.so", "account required pam_permit.so");
        PamResult result = Attempt(service, _user.Name, _user.Password);
        Assert.That(result.Failure, Is.EqualTo(LoginFailure.BadCredentials));
        Assert.That(result.Detail, Does.Contain("more than a password"));
    }

    [TestCase("")]
    [TestCase("-f")]
    [TestCase("../root")]
    [TestCase("a\0b")]
    [TestCase("a\nb")]
    [TestCase("a:b")]
    [TestCase("a\u007fb")]
    [TestCase("a\ufffdb")]
    public void A_name_that_nobody_can_have_is_refused_as_any_other(string name)
    {
        using var service = TestPamService.ThatPermits();
        Assert.That(Attempt(service, name, "x").Failure, Is.EqualTo(LoginFailure.BadCredentials));
    }

    [TestCase("secret\0tail")]
    [TestCase("")]
    public void A_password_with_a_NUL_or_nothing_in_it_is_not_the_one_before_the_NUL(string password)
    {
        using var service = TestPamService.ForAccounts();
        using SystemUser user = SystemUser.Create();
        Shell.Run("/usr/sbin/chpasswd", [], $"{user.Name}:secret\n");
        Assert.That(Attempt(service, user.Name, password).Failure, Is.EqualTo(LoginFailure.BadCredentials));
    }

    [Test]
    public void Modules_see_the_client_and_a_session_that_is_opened_and_closed()
    {
        using var directory = new TemporaryDirectory();
        string seen = Path.Combine(directory.Path, "seen");
        string script = Path.Combine(directory.Path, "script");
        File.WriteAllText(script, $"#!/bin/sh\necho \"$PAM_TYPE $PAM_RHOST $PAM_TTY $PAM_USER $PAM_SERVICE\" >>{seen}\n");
        File.SetUnixFileMode(script, (UnixFileMode)0b111_101_101);
        using var service = TestPamService.ThatPermits(
            $"auth required pam_exec.so {script}",
            $"account required pam_exec.so {script}",
            $"session required pam_exec.so {script}");

        Attempt(service, _user.Name, "x").Session!.Leave();
        string rest = $"192.0.2.7 imapd {_user.Name} {service.Name}";
        Assert.That(
            File.ReadAllLines(seen),
            Is.EqualTo(new[] { $"auth {rest}", $"account {rest}", $"auth {rest}", $"open_session {rest}", $"close_session {rest}" })
                .Or.EqualTo(new[] { $"auth {rest}", $"account {rest}", $"open_session {rest}", $"close_session {rest}" }));
    }

    [Test]
    public void Of_the_environment_PAM_makes_only_the_Kerberos_tickets_are_let_through()
    {
        using var directory = new TemporaryDirectory();
        string file = Path.Combine(directory.Path, "environment");
        File.WriteAllText(file, "KRB5CCNAME=FILE:/tmp/krb5cc_test\nLD_PRELOAD=/tmp/evil.so\n");
        using var service = TestPamService.ThatPermits($"session required pam_env.so readenv=1 envfile={file}");
        UserIdentity identity = Attempt(service, _user.Name, "x").Identity!;
        Assert.That(
            identity.Environment,
            Is.EquivalentTo(new Dictionary<string, string> { ["KRB5CCNAME"] = "FILE:/tmp/krb5cc_test" }));
    }

    [Test]
    public void Tickets_outlive_a_login_that_goes_on_and_no_other()
    {
        using var directory = new TemporaryDirectory();
        using var service = TicketModule.Service(directory);
        string tickets = TicketModule.Tickets(directory, _user.Name);

        PamResult goesOn = Attempt(service, _user.Name, "x");
        Assert.That(goesOn.Identity!.Environment["KRB5CCNAME"], Is.EqualTo("FILE:" + tickets));
        goesOn.Session!.Leave();
        goesOn.Session.Dispose();
        Assert.That(File.Exists(tickets), Is.True);

        Attempt(service, _user.Name, "x").Session!.Dispose();
        Assert.That(File.Exists(tickets), Is.False);
    }

    [Test]
    public void Who_is_known_already_goes_through_all_of_PAM_but_the_password()
    {
        using var service = TestPamService.ThatPermits("auth required pam_debug.so auth=auth_err");
        using PamSession session = new PamLogin(service.Name, 1000, "192.0.2.7", new LoginRules()).Admit(_user.Name).Session!;
        using var denies = new TestPamService("auth required pam_permit.so", "account required pam_deny.so", "session required pam_permit.so");

        Assert.That(session, Is.Not.Null);
        Assert.That(Attempt(service, _user.Name, "x").Failure, Is.EqualTo(LoginFailure.BadCredentials));
        Assert.That(new PamLogin(denies.Name, 1000, "192.0.2.7", new LoginRules()).Admit(_user.Name).Failure, Is.EqualTo(LoginFailure.RefusedByPolicy));
        Assert.That(new PamLogin(service.Name, 1000, "192.0.2.7", new LoginRules()).Admit("root").Failure, Is.EqualTo(LoginFailure.RefusedByPolicy));
    }

    [Test]
    public void The_client_is_told_the_same_for_a_wrong_password_and_for_root() =>
        Assert.That(Refusals.For(LoginFailure.RefusedByPolicy), Is.EqualTo(Refusals.For(LoginFailure.BadCredentials)));

    [Test]
    public void A_denied_user_is_refused_only_after_PAM_has_found_the_password_right()
    {
        using var service = TestPamService.ForAccounts();
        var rules = new LoginRules { DeniedUsers = [_user.Name] };
        Assert.That(Attempt(service, _user.Name, "wrong", rules: rules).Failure, Is.EqualTo(LoginFailure.BadCredentials));
        PamResult right = Attempt(service, _user.Name, _user.Password, rules: rules);
        Assert.That((right.Identity, right.Failure), Is.EqualTo(((UserIdentity?)null, LoginFailure.RefusedByPolicy)));
    }

    [Test]
    public void The_name_PAM_ends_with_is_the_one_that_rules_and_session_are_about()
    {
        if (!Shell.Has("gcc"))
        {
            Assert.Ignore("needs gcc");
        }
        using var directory = new TemporaryDirectory();
        string module = directory.Combine("pam_renames.so");
        string source = directory.Write("pam_renames.c", $$"""
            extern int pam_set_item(void *handle, int item, const void *value);
            int pam_sm_authenticate(void *handle, int flags, int count, const char **values) { return pam_set_item(handle, 2, "{{_user.Name}}"); }
            int pam_sm_setcred(void *handle, int flags, int count, const char **values) { return 0; }
            """);
        Shell.Do("gcc", "-shared", "-fPIC", "-o", module, source, "-l:libpam.so.0");
        using var service = TestPamService.ThatPermits($"auth required {module}");

        PamResult renamed = Attempt(service, "somebody", "x");
        Assert.That(renamed.Identity?.Name, Is.EqualTo(_user.Name), renamed.Detail);
        Assert.That(Attempt(service, "somebody", "x", rules: new LoginRules { DeniedUsers = [_user.Name] }).Identity, Is.Null);
        Assert.That(Attempt(service, "somebody", "x", rules: new LoginRules { DeniedUsers = ["somebody"] }).Identity, Is.Not.Null);
    }

    private static PamResult Attempt(TestPamService service, string user, string password, uint minUserId = 1000, LoginRules? rules = null) =>
        new PamLogin(service.Name, minUserId, "192.0.2.7", rules ?? new LoginRules()).Attempt(user, Encoding.UTF8.GetBytes(password));
}
