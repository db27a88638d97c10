using System.Globalization;
using Imapd.Master.Configuration;
using Mono.Unix.Native;

namespace Imapd.Master.Supervision;

/// <summary>
/// The control groups of users (cgroups(7), version 2) below a directory that was delegated to this process. A worker makes
/// its user's group and enters it before it becomes him; here they are prepared for, and removed when they are empty.
/// </summary>
/// <param name="parent">The directory.</param>
internal sealed class UserGroups(string parent)
{
    private const string Prefix = "user-";
    private const string OwnName = "imapd";
    private const string ProbeName = "imapd-probe";

    private const FilePermissions Mode = FilePermissions.S_IRWXU | FilePermissions.S_IRGRP | FilePermissions.S_IXGRP
        | FilePermissions.S_IROTH | FilePermissions.S_IXOTH;

    /// <summary>
    /// Sees to it that limits can be set below: leaves the directory itself, whose processes would keep the kernel from it,
    /// switches the controllers on, and tries each limit.
    /// </summary>
    /// <exception cref="UsageException">The directory is none of the kind, or a limit cannot be; says which and why.</exception>
    public void Prepare(IReadOnlyList<string> limits)
    {
        if (!File.Exists(In("cgroup.procs")))
        {
            throw new UsageException($"--user-cgroup {parent} is no control group of version 2");
        }
        LeaveParent();
        foreach (string controller in limits.Select(limit => limit.Split('.')[0]).Distinct())
        {
            Write("cgroup.subtree_control", "+" + controller, $"the controller {controller} cannot be switched on in {parent}");
        }
        foreach (string left in Directory.GetDirectories(parent, Prefix + "*"))
        {
            _ = Syscall.rmdir(left);
        }
        _ = Syscall.mkdir(In(ProbeName), Mode);
        try
        {
            foreach (string limit in limits)
            {
                int equals = limit.IndexOf('=', StringComparison.Ordinal);
                Write($"{ProbeName}/{limit[..equals]}", limit[(equals + 1)..], $"--user-limit {limit} is refused by the kernel");
            }
        }
        finally
        {
            _ = Syscall.rmdir(In(ProbeName));
        }
    }

    /// <summary>Removes the group of a user, if no process is in it.</summary>
    public void Remove(string userId) => _ = Syscall.rmdir(In(Prefix + userId));

    private string In(string name) => Path.Combine(parent, name);

    private void LeaveParent()
    {
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (File.ReadLines(In("cgroup.procs")).Contains(own))
        {
            _ = Syscall.mkdir(In(OwnName), Mode);
            Write($"{OwnName}/cgroup.procs", own, $"{parent} cannot be left");
        }
    }

    private void Write(string name, string value, string trouble)
    {
        try
        {
            using var file = new FileStream(In(name), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(value));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{trouble}: {error.Message}");
        }
    }
}
