using Mono.Unix;
using Mono.Unix.Native;

namespace Imapd.Master.Configuration;

/// <summary>
/// The directory of protocol logs, which hold everybody's mail: it belongs to who makes the logs, nobody else can enter it, and
/// nobody else can put another in its place.
/// </summary>
internal static class RawLogDirectory
{
    /// <summary>What the path of a directory in each user's own home begins with.</summary>
    public const string Home = "~/";

    private const FilePermissions ForOthers = FilePermissions.S_IRWXG | FilePermissions.S_IRWXO;
    private const FilePermissions WritableByOthers = FilePermissions.S_IWGRP | FilePermissions.S_IWOTH;

    /// <summary>
    /// A path below each user's home, as it was written: nothing there is root's business, and the process looks at it when it is
    /// the user.
    /// </summary>
    /// <exception cref="UsageException">It leads to somewhere else.</exception>
    public static string CheckAtHome(OptionValue written) =>
        written.Text[Home.Length..].Split('/').All(level => level is not ("" or "." or "..")) && !written.Text.Any(char.IsControl)
            ? written.Text
            : throw OptionValues.Refuse("rawlog", written, "is no directory below the home directory");

    /// <summary>Its path without symbolic links.</summary>
    /// <param name="written">What was written, as an absolute path.</param>
    /// <param name="user">Who makes the logs.</param>
    /// <exception cref="UsageException">It is not there, or open to others.</exception>
    public static string Check(OptionValue written, uint user)
    {
        UsageException Refuse(string what) => OptionValues.Refuse("rawlog", written, what);

        if (!Directory.Exists(written.Text))
        {
            throw Refuse("is not a directory");
        }
        string real = Path.TrimEndingDirectorySeparator(UnixPath.GetCompleteRealPath(written.Text));
        if (Syscall.lstat(real, out Stat own) != 0 || own.st_uid != user || (own.st_mode & ForOthers) != 0)
        {
            throw Refuse($"has to belong to uid {user} and be closed to others: chown {user} {real} && chmod 700 {real}");
        }
        for (string? parent = Path.GetDirectoryName(real); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            bool isSafe = Syscall.lstat(parent, out Stat stat) == 0
                && (stat.st_uid == 0 || stat.st_uid == user)
                && ((stat.st_mode & WritableByOthers) == 0 || (stat.st_mode & FilePermissions.S_ISVTX) != 0);
            if (!isSafe)
            {
                throw Refuse($"is in {parent}, which others can change");
            }
        }
        return real;
    }
}
