using Imapd.Worker.Native;

namespace Imapd.Worker.Login;

/// <summary>
/// What a logged-in worker never asks the kernel for, and so is not given: EPERM. It is what an intruder would reach for to
/// get out of the user's account: other processes, other programs, new namespaces, the network, and the corners of the
/// kernel where its own mistakes have been. Everything else stays allowed, since the runtime and the C library
/// change what they use from version to version.
/// </summary>
internal static class SystemCallFilter
{
    private const ushort LoadWord = 0x20;
    private const ushort JumpEqual = 0x15;
    private const ushort JumpGreaterOrEqual = 0x35;
    private const ushort JumpAnyBit = 0x45;
    private const ushort Return = 0x06;

    private const uint Allow = 0x7FFF_0000;
    private const uint FailNotPermitted = 0x0005_0001;
    private const uint FailNotThere = 0x0005_0026;

    // Offsets in struct seccomp_data. An argument's low half is what the kernel looks at for an int.
    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint FirstArgumentOffset = 16;
    private const uint SecondArgumentOffset = 24;

    private const uint ArchitectureX64 = 0xC000_003E;
    private const uint FirstX32Number = 0x4000_0000;

    private const uint Ioctl = 16;
    private const uint Socket = 41;
    private const uint Clone = 56;
    private const uint Clone3 = 435;

    private const uint AddressFamilyUnix = 1;
    private const uint CloneThread = 0x0001_0000;
    private const uint PutIntoTerminal = 0x5412;

    // Numbers of x86-64 (asm/unistd_64.h).
    private static readonly uint[] Denied =
    [
        // Other processes of the user, their memory and descriptors: ptrace, kcmp, process_vm_readv and _writev, pidfd_getfd.
        101, 312, 310, 311, 438,

        // Other programs and processes: execve, execveat, fork, vfork.
        59, 322, 57, 58,

        // Other identities; nothing of it would work any more, and nothing tries: setuid, setgid, setreuid, setregid,
        // setgroups, setresuid, setresgid, setfsuid, setfsgid, capset.
        105, 106, 113, 114, 116, 117, 119, 122, 123, 126,

        // Keys: add_key, request_key, keyctl.
        248, 249, 250,

        // File systems and namespaces: mount, umount2, pivot_root, chroot, open_tree, move_mount, fsopen, fsconfig, fsmount,
        // fspick, mount_setattr, open_tree_attr, setns, unshare, open_by_handle_at, mknod, mknodat, quotactl, quotactl_fd,
        // fanotify_init, fanotify_mark.
        165, 166, 155, 161, 428, 429, 430, 431, 432, 433, 442, 467, 308, 272, 304, 133, 259, 179, 443, 300, 301,

        // Kernel interfaces with a history: bpf, perf_event_open, userfaultfd, io_uring_setup, _enter and _register,
        // modify_ldt, personality, uselib, lookup_dcookie, syslog, vmsplice, move_pages, migrate_pages.
        321, 298, 323, 425, 426, 427, 154, 135, 134, 212, 103, 278, 279, 256,

        // The machine: kexec_load, kexec_file_load, init_module, finit_module, delete_module, reboot, swapon, swapoff, acct,
        // settimeofday, clock_settime, adjtimex, clock_adjtime, sethostname, setdomainname, iopl, ioperm, vhangup.
        246, 320, 175, 313, 176, 169, 167, 168, 163, 164, 227, 159, 305, 170, 171, 172, 173, 153,
    ];

    /// <summary>The filter for x86-64.</summary>
    public static FilterInstruction[] Build()
    {
        List<FilterInstruction> filter =
        [
            // Numbers mean something else on other architectures, and with the x32 bit: none of those.
            new(LoadWord, 0, 0, ArchitectureOffset),
            new(JumpEqual, 1, 0, ArchitectureX64),
            new(Return, 0, 0, FailNotPermitted),
            new(LoadWord, 0, 0, NumberOffset),
            new(JumpGreaterOrEqual, 0, 1, FirstX32Number),
            new(Return, 0, 0, FailNotPermitted),

            // clone3 has its flags in memory, where no filter can see them. Told it is not there, the C library uses clone.
            new(JumpEqual, 0, 1, Clone3),
            new(Return, 0, 0, FailNotThere),

            // Threads, no processes.
            new(JumpEqual, 0, 4, Clone),
            new(LoadWord, 0, 0, FirstArgumentOffset),
            new(JumpAnyBit, 0, 1, CloneThread),
            new(Return, 0, 0, Allow),
            new(Return, 0, 0, FailNotPermitted),

            // No network: sockets beyond this machine are made by the master alone.
            new(JumpEqual, 0, 4, Socket),
            new(LoadWord, 0, 0, FirstArgumentOffset),
            new(JumpEqual, 0, 1, AddressFamilyUnix),
            new(Return, 0, 0, Allow),
            new(Return, 0, 0, FailNotPermitted),

            // No typing into the terminal a worker on stdio may have been started from.
            new(JumpEqual, 0, 4, Ioctl),
            new(LoadWord, 0, 0, SecondArgumentOffset),
            new(JumpEqual, 1, 0, PutIntoTerminal),
            new(Return, 0, 0, Allow),
            new(Return, 0, 0, FailNotPermitted),
        ];
        for (int index = 0; index < Denied.Length; index++)
        {
            filter.Add(new(JumpEqual, (byte)(Denied.Length - index), 0, Denied[index]));
        }
        filter.Add(new(Return, 0, 0, Allow));
        filter.Add(new(Return, 0, 0, FailNotPermitted));
        return [.. filter];
    }
}
