using System.Runtime.InteropServices;
using Imapd.Worker.Native;
using Mono.Unix.Native;

namespace Imapd.Worker.Login;

/// <summary>
/// What a process that is the user already still gives up: new privileges, the system calls of
/// <see cref="SystemCallFilter"/>, and the files that are not mail. It is the second wall behind the uid, not the
/// first: where the kernel has no Landlock or no filters, the session goes on without, and the log says so.
/// </summary>
/// <remarks>
/// The filter and no_new_privs hold in every thread. Landlock holds in the calling thread, which serves the session, and in
/// those it starts; the runtime's finalizer thread, older than it, runs no code on a client's behalf.
/// </remarks>
internal static class Sandbox
{
    // Symbolic links in a mail root are followed for the rules up to this many: each costs a rule in the kernel.
    private const int MaxLinkedMailboxes = 1000;

    private const byte DirectoryEntryIsLink = 10;

    // Time zones, name services and libraries loaded late; what the runtime reads of memory and processors. Not /home,
    // not /var, not /tmp.
    private static readonly string[] Readable =
    [
        "/etc", "/usr/share/zoneinfo", "/usr/lib", "/lib", "/lib64", "/proc/self", "/proc/meminfo", "/proc/cpuinfo",
        "/sys/fs/cgroup", "/sys/devices/system/cpu", "/dev/urandom",
    ];

    /// <summary>Enters it, with everything changeable beneath the given directories.</summary>
    /// <param name="changeable">Absolute paths; symbolic links in them are followed, once, now.</param>
    /// <param name="notThere">Told what this kernel does not have.</param>
    /// <exception cref="DropFailedException">The kernel has it and refuses it: the process must end now.</exception>
    public static void Enter(IEnumerable<string> changeable, Action<string> notThere)
    {
        try
        {
            ProcessControl.ForbidNewPrivileges();
            if (!RestrictFiles(changeable))
            {
                notThere("This kernel has no Landlock (Linux 5.19): files are kept apart by their permissions alone");
            }
            if (RuntimeInformation.ProcessArchitecture == Architecture.X64 && Seccomp.Install(SystemCallFilter.Build()))
            {
                ThreadProof.CheckFilter();
            }
            else
            {
                notThere("This kernel has no filter for system calls (seccomp)");
            }
        }
        catch (SystemCallException error)
        {
            throw new DropFailedException(error.Message);
        }
    }

    /// <summary>Confines the calling thread, and those it starts, to these directories and what everybody may read.</summary>
    /// <returns>False when the kernel cannot.</returns>
    /// <exception cref="SystemCallException">It can, and refuses.</exception>
    internal static bool RestrictFiles(IEnumerable<string> changeable)
    {
        using Landlock? rules = Landlock.Create();
        if (rules is null)
        {
            return false;
        }
        foreach (string path in changeable)
        {
            rules.Allow(path, LandlockAccess.Change);
            foreach (string link in LinksIn(path))
            {
                rules.Allow(link, LandlockAccess.Change);
            }
        }
        rules.Allow("/dev/null", LandlockAccess.Change);
        foreach (string path in Readable)
        {
            rules.Allow(path, LandlockAccess.Read);
        }
        rules.Allow(AppContext.BaseDirectory, LandlockAccess.Read);
        if (Path.GetDirectoryName(Environment.ProcessPath) is { } program)
        {
            rules.Allow(program, LandlockAccess.Read);
        }
        rules.Enforce();
        return true;
    }

    // A mailbox that is a link to another disk is the user's own arrangement, and his permissions still hold there.
    private static IEnumerable<string> LinksIn(string directory)
    {
        IntPtr stream = Syscall.opendir(directory);
        if (stream == IntPtr.Zero)
        {
            yield break;
        }
        int links = 0;
        while (links < MaxLinkedMailboxes && Syscall.readdir(stream) is { } entry)
        {
            if (entry.d_type == DirectoryEntryIsLink)
            {
                links++;
                yield return Path.Combine(directory, entry.d_name);
            }
        }
        _ = Syscall.closedir(stream);
    }
}
