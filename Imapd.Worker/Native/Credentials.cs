using System.Runtime.InteropServices;

namespace Imapd.Worker.Native;

/// <summary>
/// Who the process is. The calls go through the C library, which changes every thread of the process; the kernel
/// itself would change the calling thread only.
/// </summary>
internal static partial class Credentials
{
    /// <summary>Real, effective and saved user id.</summary>
    /// <exception cref="SystemCallException">The kernel refuses.</exception>
    public static (uint Real, uint Effective, uint Saved) UserIds()
    {
        if (getresuid(out uint real, out uint effective, out uint saved) == -1)
        {
            throw SystemCallException.FromLastError("getresuid", "");
        }
        return (real, effective, saved);
    }

    /// <summary>Real, effective and saved group id.</summary>
    /// <exception cref="SystemCallException">The kernel refuses.</exception>
    public static (uint Real, uint Effective, uint Saved) GroupIds()
    {
        if (getresgid(out uint real, out uint effective, out uint saved) == -1)
        {
            throw SystemCallException.FromLastError("getresgid", "");
        }
        return (real, effective, saved);
    }

    /// <summary>The supplementary groups.</summary>
    /// <exception cref="SystemCallException">The kernel refuses.</exception>
    public static unsafe uint[] Groups()
    {
        int count = getgroups(0, null);
        if (count > 0)
        {
            var groups = new uint[count];
            fixed (uint* first = groups)
            {
                count = getgroups(groups.Length, first);
            }
            return count >= 0 ? groups[..count] : throw SystemCallException.FromLastError("getgroups", "");
        }
        return count == 0 ? [] : throw SystemCallException.FromLastError("getgroups", "");
    }

    /// <summary>Sets the supplementary groups.</summary>
    /// <exception cref="SystemCallException">The kernel refuses: not privileged, or too many.</exception>
    public static unsafe void SetGroups(ReadOnlySpan<uint> groups)
    {
        fixed (uint* first = groups)
        {
            if (setgroups((nuint)groups.Length, first) == -1)
            {
                throw SystemCallException.FromLastError("setgroups", $"({groups.Length} groups)");
            }
        }
    }

    /// <summary>Sets real, effective and saved group id.</summary>
    /// <exception cref="SystemCallException">The kernel refuses.</exception>
    public static void SetGroupIds(uint groupId)
    {
        if (setresgid(groupId, groupId, groupId) == -1)
        {
            throw SystemCallException.FromLastError("setresgid", $"{groupId}");
        }
    }

    /// <summary>Sets real, effective and saved user id, and with them the one for files.</summary>
    /// <exception cref="SystemCallException">The kernel refuses.</exception>
    public static void SetUserIds(uint userId)
    {
        if (setresuid(userId, userId, userId) == -1)
        {
            throw SystemCallException.FromLastError("setresuid", $"{userId}");
        }
    }

    /// <summary>Whether root, or root's group, can be had back. Tries it: when this is true, it has happened.</summary>
    public static bool CanRegainRoot() =>
        setresuid(uint.MaxValue, 0, uint.MaxValue) == 0
        || setresuid(0, 0, 0) == 0
        || setuid(0) == 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getresuid(out uint real, out uint effective, out uint saved);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getresgid(out uint real, out uint effective, out uint saved);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int getgroups(int size, uint* groups);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int setgroups(nuint count, uint* groups);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setresgid(uint real, uint effective, uint saved);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setresuid(uint real, uint effective, uint saved);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setuid(uint userId);
}
