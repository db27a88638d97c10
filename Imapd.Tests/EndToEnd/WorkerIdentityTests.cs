using System.Globalization;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>What the kernel says about a worker after login.</summary>
internal sealed class WorkerIdentityTests : EndToEndTest
{
    /// <summary>The .NET runtime keeps it open; everybody may read it.</summary>
    private const string RandomSource = "/dev/urandom";

    [Test]
    public void Every_thread_of_a_worker_is_the_user_and_cannot_become_anybody_else()
    {
        ImapdProcess server = StartForking();
        ImapClient client = Login(server, Alice);
        client.Command("SELECT INBOX");

        string ids = string.Join('\t', Enumerable.Repeat(Alice.UserId, 4));
        string groupIds = string.Join('\t', Enumerable.Repeat(Alice.GroupId, 4));
        string[] groups = Shell.Do("/usr/bin/id", "-G", Alice.Name).Trim().Split(' ');
        var threads = server.WorkerOf(Alice).Threads;
        Assert.That(threads, Is.Not.Empty);
        foreach (var thread in threads)
        {
            Assert.That(thread["Uid"], Is.EqualTo(ids));
            Assert.That(thread["Gid"], Is.EqualTo(groupIds));
            Assert.That(thread["Groups"].Split(' ', StringSplitOptions.RemoveEmptyEntries), Is.EquivalentTo(groups));
            Assert.That(thread["CapInh"], Is.EqualTo("0000000000000000"));
            Assert.That(thread["CapPrm"], Is.EqualTo("0000000000000000"));
            Assert.That(thread["CapEff"], Is.EqualTo("0000000000000000"));
            Assert.That(thread["CapAmb"], Is.EqualTo("0000000000000000"));
            Assert.That(thread["NoNewPrivs"], Is.EqualTo("1"));
        }
    }

    [Test]
    public void A_worker_holds_its_stream_its_channel_and_the_users_mail_and_nothing_else()
    {
        ImapdProcess server = StartForking();
        Login(server, Bob).Command("SELECT INBOX");
        ImapClient client = Login(server, Alice);
        client.Command("SELECT INBOX");

        var descriptors = server.WorkerOf(Alice).Descriptors;
        Assert.That(descriptors[0], Is.EqualTo("/dev/null"));
        Assert.That(descriptors[1], Is.EqualTo("/dev/null"));
        Assert.That(descriptors[2], Is.EqualTo("/dev/null"), "the server's log is not the user's to write");
        Assert.That(descriptors[3], Does.StartWith("socket:"));
        var others = descriptors.Where(descriptor => descriptor.Key > 3).Select(descriptor => descriptor.Value).ToList();
        Assert.That(others.Count(target => target.StartsWith("socket:", StringComparison.Ordinal)), Is.EqualTo(1), () => Show(descriptors));
        Assert.That(
            others.Where(target => !target.StartsWith("socket:", StringComparison.Ordinal) && target != "anon_inode:inotify"),
            Is.All.StartsWith(Alice.Home).Or.EqualTo("/dev/null").Or.EqualTo(RandomSource),
            () => Show(descriptors));
    }

    [Test]
    public void A_worker_remembers_nothing_of_the_passwords_it_was_not_given()
    {
        ImapdProcess server = StartForking();
        Login(server, Alice);
        byte[] hash = System.Text.Encoding.ASCII.GetBytes(
            File.ReadLines("/etc/shadow").Select(line => line.Split(':')).Single(fields => fields[0] == Bob.Name)[1]);

        Assert.That(hash, Has.Length.GreaterThan(10));
        Assert.That(server.WorkerOf(Alice).HeapHolds(hash), Is.False);
    }

    [Test]
    public void A_spare_worker_holds_no_descriptor_of_any_connection()
    {
        ImapdProcess server = StartForking("--spare-workers", "2");
        Login(server, Alice);
        ProcessView spare = Spares(server)[0];
        var own = spare.Descriptors.Where(descriptor => descriptor.Value != RandomSource).Select(descriptor => descriptor.Key);
        Assert.That(own, Is.EquivalentTo(new[] { 0, 1, 2, 3 }), () => Show(spare.Descriptors));
    }

    [Test]
    public void A_worker_has_the_users_home_as_directory_and_no_core_dumps()
    {
        ImapdProcess server = StartForking();
        Login(server, Alice);
        string process = $"/proc/{server.WorkerOf(Alice).Id}";
        Assert.That(new FileInfo(process + "/cwd").LinkTarget, Is.EqualTo(Alice.Home));
        Assert.That(File.ReadLines(process + "/limits").Single(line => line.StartsWith("Max core file size", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], Is.EqualTo("0"));
        Assert.That(Convert.ToInt32(server.WorkerOf(Alice).Threads[0]["Umask"], 8), Is.EqualTo(Convert.ToInt32("077", 8)));
    }

    [Test]
    public void Neither_the_command_line_nor_the_environment_of_a_worker_holds_the_password()
    {
        ImapdProcess server = StartForking();
        Login(server, Alice);
        ProcessView worker = server.WorkerOf(Alice);
        Assert.That(worker.CommandLine, Has.None.Contains(Alice.Password));
        Assert.That(File.ReadAllText($"/proc/{worker.Id}/environ"), Does.Not.Contain(Alice.Password).And.Not.Contain("LD_"));
    }

    [Test]
    public void Before_login_nobody_but_root_owns_the_worker()
    {
        ImapdProcess server = StartForking("--spare-workers", "1");
        Connect(server).Command("CAPABILITY");
        Assert.That(server.Workers.Select(worker => worker.UserId), Is.All.Zero);
    }

    [Test]
    public void Spare_workers_are_kept_in_the_number_asked_for()
    {
        ImapdProcess server = StartForking("--spare-workers", "3");
        Wait.Until(() => Spares(server).Count == 3, "three spare workers wait");
        Login(server, Alice);
        Wait.Until(() => Spares(server).Count == 3, "three spare workers wait again");
    }

    [Test]
    public void A_killed_worker_costs_its_own_connection_only_and_leaves_no_zombie()
    {
        ImapdProcess server = StartForking();
        ImapClient alice = Login(server, Alice);
        ImapClient bob = Login(server, Bob);
        ProcessView worker = server.WorkerOf(Alice);

        Native.Signal(worker.Id, Native.SignalKill);

        Assert.That(alice.ReadToEnd(), Does.Not.Contain("OK"));
        Wait.Until(() => !worker.Exists, "the killed worker is reaped");
        Assert.That(bob.Command("NOOP").IsOk, Is.True);
        Assert.That(Login(server, Alice).Command("NOOP").IsOk, Is.True);
        Assert.That(server.Workers.Where(other => other.IsZombie), Is.Empty);
        server.WaitForLog(worker.Id.ToString(CultureInfo.InvariantCulture));
    }

    [Test]
    public void Killed_spare_workers_are_replaced()
    {
        ImapdProcess server = StartForking("--spare-workers", "2");
        Wait.Until(() => Spares(server).Count == 2, "two spare workers wait");
        var killed = Spares(server);
        foreach (ProcessView spare in killed)
        {
            Native.Signal(spare.Id, Native.SignalKill);
        }
        Wait.Until(() => killed.All(spare => !spare.Exists), "both are reaped");
        Assert.That(Login(server, Alice).Command("NOOP").IsOk, Is.True);
    }

    private static List<ProcessView> Spares(ImapdProcess server) =>
        [.. server.Workers.Where(worker => worker.UserId == 0 && !worker.IsZombie)];

    private static string Show(IReadOnlyDictionary<int, string> descriptors) =>
        string.Join('\n', descriptors.OrderBy(descriptor => descriptor.Key).Select(descriptor => $"{descriptor.Key} -> {descriptor.Value}"));
}
