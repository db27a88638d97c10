using Imapd.Worker.Native;
using Mono.Unix.Native;

namespace Imapd.Worker.Login;

/// <summary>
/// The control group that all workers of a user are in (cgroups(7), version 2), made with its limits by whoever comes first.
/// The master removes it after the last has gone.
/// </summary>
internal static class UserGroup
{
    private const FilePermissions Mode = FilePermissions.S_IRWXU | FilePermissions.S_IRGRP | FilePermissions.S_IXGRP
        | FilePermissions.S_IROTH | FilePermissions.S_IXOTH;

    // The master may remove it in the moment between its making and the joining, and hardly twice.
    private const int Attempts = 5;

    /// <summary>Moves this process, which is still root, into the group of a user.</summary>
    /// <param name="parent">Where the groups are.</param>
    /// <param name="limits">What is written into the group's files, each <c>FILE=VALUE</c>.</param>
    /// <param name="userId">Whose.</param>
    /// <exception cref="DropFailedException">The kernel refuses: nobody is served without his limits.</exception>
    public static void Join(string parent, IReadOnlyList<string> limits, uint userId)
    {
        string group = Path.Combine(parent, $"user-{userId}");
        string trouble = "";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            _ = Syscall.mkdir(group, Mode);
            try
            {
                foreach (string limit in limits)
                {
                    int equals = limit.IndexOf('=', StringComparison.Ordinal);
                    Write(Path.Combine(group, limit[..equals]), limit[(equals + 1)..]);
                }
                Write(Path.Combine(group, "cgroup.procs"), "0"); // whoever writes it
                return;
            }
            catch (SystemCallException error)
            {
                trouble = error.Message;
            }
        }
        throw new DropFailedException(trouble);
    }

    // One write(2), as the kernel wants it; the umask does not matter, since nothing is made here.
    private static unsafe void Write(string path, string value)
    {
        byte[] octets = System.Text.Encoding.ASCII.GetBytes(value);
        int descriptor = Syscall.open(path, OpenFlags.O_WRONLY | OpenFlags.O_CLOEXEC | OpenFlags.O_NOFOLLOW);
        if (descriptor == -1)
        {
            throw SystemCallException.FromLastError("open", path);
        }
        try
        {
            fixed (byte* first = octets)
            {
                if (Syscall.write(descriptor, first, (ulong)octets.Length) == -1)
                {
                    throw SystemCallException.FromLastError("write", path);
                }
            }
        }
        finally
        {
            _ = Syscall.close(descriptor);
        }
    }
}
