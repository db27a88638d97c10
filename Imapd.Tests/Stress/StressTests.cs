using System.Globalization;
using Imapd.Tests.EndToEnd;
using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Stress.Servers;
using NUnit.Framework;

namespace Imapd.Tests.Stress;

/// <summary>Ten sessions, a delivery agent and a local program at one user's mail.</summary>
/// <remarks>
/// IMAPD_STRESS_SECONDS says how long (a minute), IMAPD_STRESS_SEED repeats what everybody does, though not when. What
/// they did last is in TestResults after a failure.
/// </remarks>
[Category("Stress")]
internal sealed class StressTests
{
    [SetUp]
    public void RequireExecutables()
    {
        if (!File.Exists(ImapdProcess.Executable))
        {
            Assert.Ignore("needs out/imapd: run make");
        }
    }

    [Test]
    public void Every_session_keeps_the_rules_and_in_the_end_all_agree_and_nothing_is_lost()
    {
        using var copy = new InstalledCopy();
        using var mail = new TemporaryDirectory();
        StressMail place = MakeRoot(mail);
        using var server = new PreauthServer(copy.Executables, mail.Path, "");
        using var run = new StressRun("stress", Seed, place, [server]);
        run.Run(Duration);
    }

    [Test]
    public void Two_hosts_on_one_shared_directory_do_the_same()
    {
        if (!EndToEndSetup.IsRoot)
        {
            Assert.Ignore("needs root, to give processes another host name and to log in as users");
        }

        using SystemUser user = SystemUser.Create();
        using PamService pam = PamService.ForSystemAccounts();
        using var certificate = new Certificate();
        Directory.CreateDirectory(user.Maildir);
        user.Own(user.Maildir);
        using MasterServer one = MasterServer.Start("one.example.org", user, certificate, pam);
        using MasterServer other = MasterServer.Start("other.example.org", user, certificate, pam);
        using var run = new StressRun("stress-two-hosts", Seed, new StressMail(user.Maildir, user.Own), [one, other]);
        run.Run(Duration / 2);
    }

    private static TimeSpan Duration => TimeSpan.FromSeconds(Number("IMAPD_STRESS_SECONDS", 60));

    private static int Seed => Number("IMAPD_STRESS_SEED", Random.Shared.Next(1_000_000));

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;

    private static StressMail MakeRoot(TemporaryDirectory mail)
    {
        string root = mail.Combine(PreauthServer.UserName);
        Directory.CreateDirectory(root);
        PreauthServer.Own(root);
        return new StressMail(root, PreauthServer.Own);
    }
}
