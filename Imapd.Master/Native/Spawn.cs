using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Imapd.Master.Native;

/// <summary>
/// posix_spawn, never fork: this process has threads. The child has exactly the descriptors 0 and 1 (what is given
/// as empty), 2 (ours) and from 3 on what it is passed, a session of its own so that a terminal's interrupt does not reach
/// it, default signal dispositions and no signal blocked.
/// </summary>
internal static unsafe partial class Spawn
{
    private const int StructOctets = 512; // posix_spawnattr_t is 336, posix_spawn_file_actions_t 80
    private const int SignalSetOctets = 128;
    private const int FirstPassed = 3;
    private const short SetDefaultSignals = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;

    /// <summary>Starts a program and gives its pid.</summary>
    /// <exception cref="SystemCallException">It could not be started.</exception>
    public static int Start(
        string path,
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        SafeHandle empty,
        params IReadOnlyList<SafeHandle> passed)
    {
        byte* actions = stackalloc byte[StructOctets];
        byte* attributes = stackalloc byte[StructOctets];
        byte* signals = stackalloc byte[SignalSetOctets];
        using var argv = new NativeStrings([path, .. arguments]);
        using var envp = new NativeStrings(environment);
        bool emptyHeld = false;
        List<SafeFileHandle> sources = [];
        Check(posix_spawn_file_actions_init(actions), "posix_spawn_file_actions_init");
        Check(posix_spawnattr_init(attributes), "posix_spawnattr_init");
        try
        {
            empty.DangerousAddRef(ref emptyHeld);
            int emptyNumber = (int)empty.DangerousGetHandle();
            // Each from a number above those they are to have, so that none is overwritten before it was copied.
            sources.AddRange(passed.Select(handle => Descriptors.Duplicate(handle, FirstPassed + passed.Count)));
            Check(posix_spawn_file_actions_adddup2(actions, emptyNumber, 0), "adddup2");
            Check(posix_spawn_file_actions_adddup2(actions, emptyNumber, 1), "adddup2");
            for (int index = 0; index < sources.Count; index++)
            {
                int source = (int)sources[index].DangerousGetHandle();
                Check(posix_spawn_file_actions_adddup2(actions, source, FirstPassed + index), "adddup2");
            }
            Check(posix_spawn_file_actions_addclosefrom_np(actions, FirstPassed + passed.Count), "addclosefrom");

            _ = sigfillset(signals);
            Check(posix_spawnattr_setsigdefault(attributes, signals), "setsigdefault");
            _ = sigemptyset(signals);
            Check(posix_spawnattr_setsigmask(attributes, signals), "setsigmask");
            Check(posix_spawnattr_setflags(attributes, SetDefaultSignals | SetSignalMask | SetSession), "setflags");

            int pid;
            Check(posix_spawn(&pid, argv.First, actions, attributes, argv.Pointers, envp.Pointers), path);
            return pid;
        }
        finally
        {
            _ = posix_spawnattr_destroy(attributes);
            _ = posix_spawn_file_actions_destroy(actions);
            if (emptyHeld)
            {
                empty.DangerousRelease();
            }
            sources.ForEach(source => source.Dispose());
        }
    }

    /// <summary>Becomes another program, with the descriptors 0 to 2 and none else. Returns only to say why not.</summary>
    public static SystemCallException Become(
        string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        using var argv = new NativeStrings([path, .. arguments]);
        using var envp = new NativeStrings(environment);
        const uint closeOnExec = 4;
        _ = close_range(3, uint.MaxValue, closeOnExec);
        _ = execve(argv.First, argv.Pointers, envp.Pointers);
        return SystemCallException.FromLastError("execve", path);
    }

    private static void Check(int errno, string subject)
    {
        if (errno != 0)
        {
            throw new SystemCallException("posix_spawn", subject, errno);
        }
    }

    [LibraryImport("libc")]
    private static partial int posix_spawn(
        int* pid, byte* path, byte* actions, byte* attributes, byte** argv, byte** envp);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_addclosefrom_np(byte* actions, int from);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    private static partial int sigfillset(byte* signals);

    [LibraryImport("libc")]
    private static partial int sigemptyset(byte* signals);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int execve(byte* path, byte** argv, byte** envp);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close_range(uint first, uint last, uint flags);
}
