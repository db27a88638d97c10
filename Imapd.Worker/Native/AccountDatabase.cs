using System.Runtime.InteropServices;
using System.Text;
using Mono.Unix.Native;

namespace Imapd.Worker.Native;

/// <summary>One entry of the user database.</summary>
/// <param name="Name">The canonical name, which may differ from the one asked for.</param>
/// <param name="UserId">The uid.</param>
/// <param name="GroupId">The primary group.</param>
/// <param name="Home">The home directory.</param>
/// <param name="Shell">The login shell; may be empty.</param>
internal sealed record Account(string Name, uint UserId, uint GroupId, string Home, string Shell);

/// <summary>The user and group databases, whatever the name service switch makes of them.</summary>
internal static partial class AccountDatabase
{
    // More groups than this the kernel does not take (NGROUPS_MAX).
    private const int MaxGroups = 65_536;

    // An entry is a line of passwd; a directory service with larger ones is broken.
    private const int MaxEntryOctets = 1 << 20;

    // All members of a group are in its entry.
    private const int MaxGroupOctets = 1 << 26;

    private const int ERange = 34;
    private const int EIntr = 4;

    /// <summary>Finds a user by name.</summary>
    /// <returns>Null when there is none of that name.</returns>
    /// <exception cref="SystemCallException">The database could not be asked.</exception>
    public static unsafe Account? FindByName(string name) =>
        Find(name, (PasswdEntry* entry, byte* buffer, nuint size, PasswdEntry** found) =>
            getpwnam_r(name, entry, buffer, size, found));

    /// <summary>Finds a user by uid.</summary>
    /// <returns>Null when no one has it.</returns>
    /// <exception cref="SystemCallException">The database could not be asked.</exception>
    public static unsafe Account? FindById(uint userId) =>
        Find($"uid {userId}", (PasswdEntry* entry, byte* buffer, nuint size, PasswdEntry** found) =>
            getpwuid_r(userId, entry, buffer, size, found));

    /// <summary>All groups of a user, his primary one among them.</summary>
    /// <exception cref="SystemCallException">He has more than the kernel takes.</exception>
    public static unsafe uint[] GroupsOf(string name, uint primaryGroupId)
    {
        for (int room = 64; room <= MaxGroups; room *= 4)
        {
            var groups = new uint[room];
            int count = room;
            fixed (uint* first = groups)
            {
                if (getgrouplist(name, primaryGroupId, first, ref count) != -1)
                {
                    return groups[..count];
                }
            }
        }
        throw new SystemCallException("getgrouplist", name, (int)Errno.EINVAL);
    }

    /// <summary>The name of a group.</summary>
    /// <returns>Null when no group has that number.</returns>
    /// <exception cref="SystemCallException">The database could not be asked.</exception>
    public static unsafe string? GroupName(uint groupId)
    {
        for (int room = 4096; ; room *= 4)
        {
            var buffer = new byte[room];
            fixed (byte* first = buffer)
            {
                GroupEntry entry;
                GroupEntry* found;
                int error = getgrgid_r(groupId, &entry, first, (nuint)room, &found);
                if (error == EIntr || (error == ERange && room < MaxGroupOctets))
                {
                    continue;
                }
                if (found is not null)
                {
                    return Text(entry.gr_name);
                }
                return IsNotFound(error) ? null : throw new SystemCallException("getgrgid", $"gid {groupId}", error);
            }
        }
    }

    private static unsafe Account? Find(string subject, Query query)
    {
        for (int room = 2048; ; room *= 2)
        {
            var buffer = new byte[room];
            fixed (byte* first = buffer)
            {
                PasswdEntry entry;
                PasswdEntry* found;
                int error = query(&entry, first, (nuint)room, &found);
                if (error == EIntr || (error == ERange && room < MaxEntryOctets))
                {
                    continue;
                }
                if (found is not null)
                {
                    return new Account(
                        Text(entry.pw_name), entry.pw_uid, entry.pw_gid, Text(entry.pw_dir), Text(entry.pw_shell));
                }
                return IsNotFound(error) ? null : throw new SystemCallException("getpwnam", subject, error);
            }
        }
    }

    // The answers that getpwnam(3) lists for "not found"; anything else is a database that did not answer.
    private static bool IsNotFound(int error) =>
        error is 0 or (int)Errno.ENOENT or (int)Errno.ESRCH or (int)Errno.EBADF or (int)Errno.EPERM;

    private static unsafe string Text(byte* text) =>
        text is null ? "" : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    private unsafe delegate int Query(PasswdEntry* entry, byte* buffer, nuint size, PasswdEntry** found);

#pragma warning disable CS0649, CS0169, IDE0051, IDE0044 // filled in by the C library; some fields are of no use here
    private unsafe struct PasswdEntry
    {
        public byte* pw_name;
        public byte* pw_passwd;
        public uint pw_uid;
        public uint pw_gid;
        public byte* pw_gecos;
        public byte* pw_dir;
        public byte* pw_shell;
    }

    private unsafe struct GroupEntry
    {
        public byte* gr_name;
        public byte* gr_passwd;
        public uint gr_gid;
        public byte** gr_mem;
    }
#pragma warning restore CS0649, CS0169, IDE0051, IDE0044

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int getpwnam_r(
        string name, PasswdEntry* entry, byte* buffer, nuint size, PasswdEntry** found);

    [LibraryImport("libc")]
    private static unsafe partial int getpwuid_r(
        uint userId, PasswdEntry* entry, byte* buffer, nuint size, PasswdEntry** found);

    [LibraryImport("libc")]
    private static unsafe partial int getgrgid_r(uint groupId, GroupEntry* entry, byte* buffer, nuint size, GroupEntry** found);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int getgrouplist(string user, uint group, uint* groups, ref int count);
}
