using System.Globalization;
using Mono.Unix.Native;

namespace Imapd.Master.Configuration;

/// <summary>Whom names and files belong to.</summary>
internal static class Accounts
{
    /// <summary>The uid of a user given by name or number; null: there is no such user.</summary>
    public static uint? FindUser(string nameOrNumber)
    {
        if (uint.TryParse(nameOrNumber, NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
        {
            return Syscall.getpwuid(number)?.pw_uid;
        }
        return Syscall.getpwnam(nameOrNumber)?.pw_uid;
    }

    /// <summary>The owner of a directory; null: it cannot be looked at or is none.</summary>
    public static uint? OwnerOfDirectory(string path) =>
        Syscall.stat(path, out Stat stat) == 0 && (stat.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFDIR
            ? stat.st_uid
            : null;
}
