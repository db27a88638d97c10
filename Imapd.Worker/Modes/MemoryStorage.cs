using System.Globalization;
using Imapd.Worker.Native;
using Mono.Unix.Native;

namespace Imapd.Worker.Modes;

/// <summary>
/// Mail that is gone when the process is: the Maildir store over a private directory on tmpfs. One account, in which the
/// sample messages are.
/// </summary>
internal sealed class MemoryStorage : IDisposable
{
    private const string Prefix = "imapd-memory-";

    private MemoryStorage(string parent, string root)
    {
        Parent = parent;
        Root = root;
    }

    /// <summary>The account.</summary>
    public static ReadOnlySpan<byte> User => "test"u8;

    /// <summary>Its password, which is no secret.</summary>
    public static ReadOnlySpan<byte> Password => "test"u8;

    /// <summary>The directory on tmpfs it was made in, which must stay writable for it to be removed.</summary>
    public string Parent { get; }

    /// <summary>Where the account's mail root is.</summary>
    public string Root { get; }

    /// <summary>Makes it, 0700, with the account and its messages; and removes what a killed predecessor left behind.</summary>
    /// <exception cref="SystemCallException">It cannot be made.</exception>
    public static MemoryStorage Create()
    {
        string parent = Syscall.access("/dev/shm", AccessModes.W_OK | AccessModes.X_OK) == 0
            ? "/dev/shm"
            : Path.GetTempPath();
        RemoveLeftovers(parent);
        string root = Path.Combine(
            parent, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}"));
        if (Syscall.mkdir(root, FilePermissions.S_IRWXU) == -1)
        {
            throw SystemCallException.FromLastError("mkdir", root);
        }
        var storage = new MemoryStorage(parent, root);
        SampleMail.Deliver(Path.Combine(root, "test"));
        return storage;
    }

    /// <summary>Removes all of it.</summary>
    public void Dispose() => Remove(Root);

    private static void RemoveLeftovers(string parent)
    {
        foreach (string directory in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            string[] parts = Path.GetFileName(directory)[Prefix.Length..].Split('-');
            bool isOrphan = parts.Length == 2
                && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                && Syscall.kill(process, 0) == -1
                && Stdlib.GetLastError() == Errno.ESRCH;

            // Somebody else's cannot be removed, and does not have to be.
            if (isOrphan && Syscall.lstat(directory, out Stat stat) == 0 && stat.st_uid == Syscall.geteuid())
            {
                Remove(directory);
            }
        }
    }

    private static void Remove(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"imapd-worker: {directory} cannot be removed: {error.Message}");
        }
    }
}
