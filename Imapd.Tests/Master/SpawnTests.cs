using Imapd.Master.Native;
using Imapd.Master.Spawning;
using Microsoft.Win32.SafeHandles;
using NUnit.Framework;

namespace Imapd.Tests.Master;

[TestFixture]
public sealed class SpawnTests
{
    private static readonly Reaper Reaper = new();

    [Test]
    public void A_child_has_the_four_descriptors_and_no_other()
    {
        using FileStream another = File.OpenRead("/etc/passwd");
        using WorkerProcess child = Start("/bin/sleep", "1000");

        // Its dynamic linker has a library open for a moment.
        Dictionary<string, string?> descriptors = [];
        try
        {
            Assert.That(() => (descriptors = DescriptorsOf(child)).Keys, Is.EquivalentTo(new[] { "0", "1", "2", "3" }).After(10_000, 10));
        }
        finally
        {
            child.Kill();
        }

        Assert.That((descriptors["0"], descriptors["1"]), Is.EqualTo(("/dev/null", "/dev/null")));
        Assert.That(descriptors["2"], Is.EqualTo(Descriptors.Describe(2)));
        Assert.That(descriptors["3"], Does.StartWith("socket:"));
    }

    [Test]
    public void A_child_has_no_environment_but_the_time_zone()
    {
        using WorkerProcess child = Start("/bin/sleep", "1000");

        string environment = File.ReadAllText($"/proc/{child.Pid}/environ");
        child.Kill();

        Assert.That(environment.Split('\0').Where(variable => !variable.StartsWith("TZ=", StringComparison.Ordinal)), Is.EqualTo(new[] { "" }));
    }

    [Test]
    public void A_child_ignores_and_blocks_no_signal_and_has_a_session_of_its_own()
    {
        using WorkerProcess child = Start("/bin/sleep", "1000");

        Dictionary<string, string> status = File.ReadLines($"/proc/{child.Pid}/status")
            .Select(line => line.Split(":\t", 2)).ToDictionary(pair => pair[0], pair => pair[^1]);
        string[] fields = File.ReadAllText($"/proc/{child.Pid}/stat").Split(' ');
        child.Kill();

        // 32 and 33 belong to libc, which gives a new process both ignored and takes them when it has threads.
        ulong ignored = Convert.ToUInt64(status["SigIgn"], 16) & ~0x1_8000_0000UL;
        Assert.That(Convert.ToUInt64(status["SigBlk"], 16), Is.Zero);
        Assert.That(ignored, Is.Zero);
        Assert.That(fields[5], Is.EqualTo(fields[0]));
    }

    [Test]
    public async Task A_child_that_ends_is_reaped_and_its_status_known()
    {
        using WorkerProcess child = Start("/bin/sh", "-c", "exit 14");

        ExitStatus exit = await child.Ended.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(exit, Is.EqualTo(new ExitStatus(14, 0)));
        Assert.That(Directory.Exists($"/proc/{child.Pid}"), Is.False, "no zombie is left");
    }

    [Test]
    public async Task A_child_that_is_killed_is_reaped_and_the_signal_known()
    {
        using WorkerProcess child = Start("/bin/sleep", "1000");
        child.Kill();

        ExitStatus exit = await child.Ended.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(exit, Is.EqualTo(new ExitStatus(0, 9)));
        Assert.That(Directory.Exists($"/proc/{child.Pid}"), Is.False, "no zombie is left");
        Assert.That(child.Kill, Throws.Nothing);
    }

    [Test]
    public async Task What_a_child_has_started_ends_with_it_when_it_is_killed()
    {
        using WorkerProcess child = Start("/bin/sh", "-c", "/bin/sleep 1000; exit 0");
        Assert.That(SpinWait.SpinUntil(() => OthersInGroup(child.Pid) == 1, 30_000), Is.True);

        child.Kill();
        await child.Ended.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(SpinWait.SpinUntil(() => OthersInGroup(child.Pid) == 0, 30_000), Is.True);
    }

    [Test]
    public async Task A_child_nobody_cares_for_any_more_is_reaped_as_well()
    {
        WorkerProcess child = Start("/bin/sleep", "1000");
        child.Dispose();
        child.Kill();

        ExitStatus exit = await child.Ended.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(exit, Is.EqualTo(new ExitStatus(0, 9)));
        Assert.That(Directory.Exists($"/proc/{child.Pid}"), Is.False, "no zombie is left");
    }

    [Test]
    public async Task No_exit_is_missed_when_many_children_come_and_go()
    {
        List<WorkerProcess> children = [.. Enumerable.Range(0, 100).Select(n => Start("/bin/sh", "-c", $"exit {n}"))];

        ExitStatus[] exits = await Task.WhenAll(children.Select(child => child.Ended)).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.That(exits.Select(exit => exit.Status), Is.EqualTo(Enumerable.Range(0, 100)));
        children.ForEach(child => child.Dispose());
    }

    [Test]
    public void A_child_whose_status_somebody_else_took_ends_like_any_other()
    {
        using SafeFileHandle empty = Descriptors.OpenNull();
        (ControlChannel ours, System.Net.Sockets.SafeSocketHandle theirs) = ControlChannel.Create();
        int pid = Spawn.Start("/bin/true", [], [], empty, theirs);
        using SafeFileHandle process = ProcessCalls.Open(pid);

        Assert.That(ProcessCalls.Reap(process), Is.EqualTo(new ExitStatus(0, 0)));
        Assert.That(ProcessCalls.Reap(process), Is.EqualTo(new ExitStatus(-1, 0)));
        theirs.Dispose();
        ours.Dispose();
    }

    [Test]
    public void A_program_that_is_not_there_is_named()
    {
        Assert.That(() => Start("/nowhere/worker"), Throws.TypeOf<SystemCallException>().With.Message.Contains("/nowhere/worker"));
    }

    private static Dictionary<string, string?> DescriptorsOf(WorkerProcess child) =>
        Directory.EnumerateFileSystemEntries($"/proc/{child.Pid}/fd").ToDictionary(path => Path.GetFileName(path), path => new FileInfo(path).LinkTarget);

    private static int OthersInGroup(int leader)
    {
        int others = 0;
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])))
        {
            try
            {
                string[] fields = File.ReadAllText(Path.Combine(process, "stat")).Split(' ');
                others += fields[0] != $"{leader}" && fields[4] == $"{leader}" && fields[2] != "Z" ? 1 : 0;
            }
            catch (IOException)
            {
                // it has ended since
            }
        }
        return others;
    }

    private static WorkerProcess Start(string path, params string[] arguments)
    {
        using SafeFileHandle empty = Descriptors.OpenNull();
        return WorkerProcess.Start(path, arguments, empty, Reaper);
    }
}
