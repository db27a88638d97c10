using System.Runtime.InteropServices;
using Mono.Unix.Native;

namespace Imapd.Worker.Native;

/// <summary>What a rule of Landlock allows beneath a directory.</summary>
internal enum LandlockAccess
{
    /// <summary>Reading files and directories.</summary>
    Read,

    /// <summary>That, and everything else a store does: writing, making, renaming and removing.</summary>
    Change,
}

/// <summary>
/// A set of Landlock rules in the making: what no rule allows is denied once it is enforced, for the calling thread and
/// the threads it starts, for good. The numbers are the same on every architecture.
/// </summary>
internal sealed partial class Landlock : IDisposable
{
    private const int CreateRuleset = 444;
    private const int AddRule = 445;
    private const int RestrictSelf = 446;
    private const uint VersionFlag = 1;
    private const int PathBeneath = 1;
    private const int OpenPath = 0x20_0000;
    private const int OpenCloseOnExec = 0x8_0000;

    private const ulong WriteFile = 1UL << 1;
    private const ulong ReadFile = 1UL << 2;
    private const ulong ReadDirectory = 1UL << 3;
    private const ulong MakeCharacterDevice = 1UL << 6;
    private const ulong MakeBlockDevice = 1UL << 11;
    private const ulong Refer = 1UL << 13;
    private const ulong Truncate = 1UL << 14;
    private const ulong IoctlDevice = 1UL << 15;
    private const ulong Everything1 = (1UL << 13) - 1;
    private const ulong FileRights = WriteFile | ReadFile | Truncate;

    private readonly int _descriptor;
    private readonly ulong _handled;

    private Landlock(int descriptor, ulong handled)
    {
        _descriptor = descriptor;
        _handled = handled;
    }

    /// <summary>Begins a set of rules with all that this kernel can deny, network ports of TCP among it.</summary>
    /// <returns>
    /// Null when the kernel has no Landlock, or only its first version: under that one no file can be moved from one
    /// directory to another, and a Maildir lives of that.
    /// </returns>
    public static unsafe Landlock? Create()
    {
        nint version = syscall(CreateRuleset, 0, 0, (nint)VersionFlag, 0);
        if (version < 2)
        {
            return null;
        }
        ulong handled = Everything1 | Refer | (version >= 3 ? Truncate : 0) | (version >= 5 ? IoctlDevice : 0);
        ulong* attributes = stackalloc ulong[] { handled, version >= 4 ? 3UL : 0 };
        nint descriptor = syscall(CreateRuleset, (nint)attributes, version >= 4 ? 16 : 8, 0, 0);
        return descriptor < 0 ? null : new Landlock((int)descriptor, handled);
    }

    /// <summary>
    /// Allows a file, or a directory and all beneath it, symbolic links in the path followed. What does not exist
    /// or cannot be reached is passed over: there is nothing to allow.
    /// </summary>
    /// <exception cref="SystemCallException">The kernel refuses the rule.</exception>
    public unsafe void Allow(string path, LandlockAccess access)
    {
        int target = open(path, OpenPath | OpenCloseOnExec);
        if (target == -1)
        {
            return;
        }
        try
        {
            ulong rights = _handled & (access == LandlockAccess.Read
                ? ReadFile | ReadDirectory
                : ~(1UL | MakeCharacterDevice | MakeBlockDevice | IoctlDevice));
            if (Syscall.fstat(target, out Stat status) == 0
                && (status.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFDIR)
            {
                rights &= FileRights;
            }
            var rule = new PathRule { Rights = rights, Descriptor = target };
            if (syscall(AddRule, _descriptor, PathBeneath, (nint)(&rule), 0) == -1)
            {
                throw SystemCallException.FromLastError("landlock_add_rule", path);
            }
        }
        finally
        {
            _ = Syscall.close(target);
        }
    }

    /// <summary>From now on this thread, and every thread it starts, can do only what was allowed.</summary>
    /// <exception cref="SystemCallException">The kernel refuses.</exception>
    public void Enforce()
    {
        if (syscall(RestrictSelf, _descriptor, 0, 0, 0) == -1)
        {
            throw SystemCallException.FromLastError("landlock_restrict_self", "");
        }
    }

    /// <summary>Closes the set; what was enforced stays.</summary>
    public void Dispose() => _ = Syscall.close(_descriptor);

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct PathRule
    {
        public ulong Rights;
        public int Descriptor;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
