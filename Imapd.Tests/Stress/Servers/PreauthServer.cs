using System.Collections.Concurrent;
using System.Diagnostics;
using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Stress.Client;

namespace Imapd.Tests.Stress.Servers;

/// <summary>One imapd-worker process for each connection, on pipes, as an ordinary user.</summary>
/// <param name="executables">Where imapd-worker is.</param>
/// <param name="mailRoot">The directory that holds the user's mail directory.</param>
/// <param name="hostName">The name its processes take their host to have; empty for the real one. Needs root.</param>
internal sealed class PreauthServer(string executables, string mailRoot, string hostName) : IStressServer
{
    private readonly ConcurrentDictionary<int, Process> _processes = [];
    private readonly ConcurrentQueue<string> _complaints = [];

    /// <summary>Whom the processes run as.</summary>
    public static string UserName { get; } = Environment.IsPrivilegedProcess ? "nobody" : Environment.UserName;

    public string Login => "";

    public IReadOnlyList<int> Workers => [.. _processes.Where(process => !process.Value.HasExited).Select(process => process.Key)];

    public IReadOnlyList<string> Complaints => [.. _complaints];

    /// <summary>Makes a directory or file his.</summary>
    public static void Own(string path)
    {
        if (Environment.IsPrivilegedProcess)
        {
            var (user, group) = Ids.Value;
            Native.ChangeOwner(path, user, group);
        }
    }

    public StressConnection Connect()
    {
        string[] host = hostName.Length == 0 ? [] : ["unshare", "--uts", "sh", "-c", "echo \"$0\" > /proc/sys/kernel/hostname && exec \"$@\"", hostName];
        string[] user = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", UserName, "--regid", Ids.Value.Group.ToString(System.Globalization.CultureInfo.InvariantCulture), "--clear-groups"] : [];
        string[] command = [.. host, .. user, Path.Combine(executables, "imapd-worker"), "--preauth", "--mail-location", mailRoot + "/%{user}"];
        Process process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        })!;
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                _complaints.Enqueue($"{process.Id}: {line.Data}");
            }
        };
        process.BeginErrorReadLine();
        _processes[process.Id] = process;
        return new StressConnection(process.StandardOutput.BaseStream, process.StandardInput.BaseStream, () => End(process)) { ProcessId = process.Id };
    }

    public void Dispose()
    {
        foreach (Process process in _processes.Values)
        {
            End(process);
        }
    }

    private static Lazy<(uint User, uint Group)> Ids { get; } = new(() =>
    {
        string[] fields = File.ReadLines("/etc/passwd").First(line => line.StartsWith(UserName + ":", StringComparison.Ordinal)).Split(':');
        return (uint.Parse(fields[2], System.Globalization.CultureInfo.InvariantCulture), uint.Parse(fields[3], System.Globalization.CultureInfo.InvariantCulture));
    });

    private void End(Process process)
    {
        if (_processes.TryRemove(process.Id, out _))
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
