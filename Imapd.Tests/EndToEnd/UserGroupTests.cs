using Imapd.Tests.EndToEnd.Harness;
using Mono.Unix.Native;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>Each user's workers in a control group of his own (cgroups(7), version 2).</summary>
internal sealed class UserGroupTests : EndToEndTest
{
    private string _parent = "";

    private static string? Mount => File.ReadLines("/proc/mounts")
        .Select(line => line.Split(' '))
        .FirstOrDefault(fields => fields[2] == "cgroup2")?[1];

    [SetUp]
    public void MakeParent()
    {
        RequireRoot();
        _parent = Path.Combine(Mount ?? "/nowhere", "imapd-test-" + Guid.NewGuid().ToString("N")[..8]);
        if (Syscall.mkdir(_parent, FilePermissions.S_IRWXU) != 0)
        {
            _parent = "";
            Assert.Ignore("needs control groups of version 2 that can be changed");
        }
    }

    [TearDown]
    public void RemoveParent()
    {
        StopWhatWasStarted();
        if (_parent.Length > 0)
        {
            Wait.Until(
                () =>
                {
                    foreach (string child in Directory.GetDirectories(_parent))
                    {
                        _ = Syscall.rmdir(child);
                    }
                    return Syscall.rmdir(_parent) == 0;
                },
                "nothing is left in the groups");
        }
    }

    [Test]
    public void All_sessions_of_a_user_are_in_his_group_until_the_last_has_ended()
    {
        ImapdProcess server = StartForking("--user-cgroup", _parent);
        ImapClient first = Login(server, Alice);
        ImapClient second = Login(server, Alice);
        Login(server, Bob);
        int bobs = server.WorkerOf(Bob).Id;
        string group = GroupOf(Alice);

        Assert.That(File.ReadAllLines(group + "/cgroup.procs"), Has.Length.EqualTo(2));
        Assert.That(File.ReadAllLines(GroupOf(Bob) + "/cgroup.procs"), Is.EqualTo(new[] { ImapdProcess.Text(bobs) }));
        first.Command("LOGOUT");
        Assert.That(second.Command("NOOP").IsOk, Is.True);
        Assert.That(Directory.Exists(group), Is.True);
        second.Command("LOGOUT");
        Wait.Until(() => !Directory.Exists(group), "the group is removed");
        Assert.That(Login(server, Alice).Command("NOOP").IsOk, Is.True);
        Assert.That(Directory.Exists(group), Is.True);
    }

    [Test]
    public void A_server_that_is_in_the_delegated_group_makes_room_and_sets_limits_below_it()
    {
        string controllers = Path.Combine(Mount!, "cgroup.subtree_control");
        if (!File.ReadAllText(Path.Combine(Mount!, "cgroup.controllers")).Split(' ', '\n').Contains("hugetlb"))
        {
            Assert.Ignore("needs the controller hugetlb");
        }
        bool wasOn = File.ReadAllText(controllers).Contains("hugetlb", StringComparison.Ordinal);
        File.WriteAllText(controllers, "+hugetlb");
        try
        {
            ImapdProcess server = StartTlsThrough(
                ["/bin/sh", "-c", $"echo 0 > {_parent}/cgroup.procs && exec \"$@\"", "sh"],
                "--fork", "--pam-service", EndToEndSetup.Pam.Name, "--user-cgroup", _parent, "--user-limit", "hugetlb.2MB.max=4194304");
            Login(server, Alice);

            Assert.That(File.ReadAllText(GroupOf(Alice) + "/hugetlb.2MB.max"), Is.EqualTo("4194304\n"));
            Assert.That(File.ReadAllLines(_parent + "/imapd/cgroup.procs"), Does.Contain(ImapdProcess.Text(server.Id)));
            Assert.That(File.ReadAllText(_parent + "/cgroup.procs"), Is.Empty);
            Assert.That(Directory.Exists(_parent + "/imapd-probe"), Is.False);
        }
        finally
        {
            RemoveParent();
            _parent = "";
            if (!wasOn)
            {
                File.WriteAllText(controllers, "-hugetlb");
            }
        }
    }

    [Test]
    public void A_controller_that_there_is_not_keeps_the_server_from_starting()
    {
        ShellResult result = ImapdProcess.Run(
            "--config", "none", "--control-socket", "none", "--fork", "--pam-service", EndToEndSetup.Pam.Name,
            "-p", ImapdProcess.Text(ImapdProcess.FreePort()), "--user-cgroup", _parent, "--user-limit", "nonsense.max=1");

        Assert.That(result.Status, Is.EqualTo(1), result.ToString);
        Assert.That(result.Errors, Does.StartWith("imapd: ").And.Contain("the controller nonsense cannot be switched on"));
        Assert.That(Directory.GetDirectories(_parent), Is.Empty);
    }

    private string GroupOf(SystemUser user) => Path.Combine(_parent, "user-" + user.UserId);
}
