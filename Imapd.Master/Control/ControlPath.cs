using System.Globalization;
using System.Net.Sockets;

namespace Imapd.Master.Control;

/// <summary>
/// The names of control sockets. Each process has its own, <c>PATH.PID</c>, since after a handover two serve at a time;
/// <c>PATH</c> is a symbolic link to the newest.
/// </summary>
internal static class ControlPath
{
    /// <summary>Where it is unless an option says otherwise.</summary>
    public const string Default = "/run/imapd/control";

    /// <summary>With a full stop, a pid and NUL it has to fit the 108 octets of unix(7).</summary>
    public const int MaxOctets = 96;

    /// <summary>The socket of one process.</summary>
    public static string Of(string path, int pid) => string.Create(CultureInfo.InvariantCulture, $"{path}.{pid}");

    /// <summary>The sockets of all processes, the newest first as far as the link says so. Some may be dead.</summary>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory is not for this user.</exception>
    public static IReadOnlyList<string> All(string path)
    {
        string directory = Path.GetDirectoryName(path)!;
        string prefix = Path.GetFileName(path) + ".";
        string? newest = new FileInfo(path).LinkTarget;
        return Directory.Exists(directory)
            ? [.. Directory.EnumerateFileSystemEntries(directory)
                .Select(entry => Path.GetFileName(entry))
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.Length > prefix.Length && name[prefix.Length..].All(char.IsAsciiDigit))
                .OrderByDescending(name => name == newest)
                .ThenBy(name => name, StringComparer.Ordinal)
                .Select(name => Path.Combine(directory, name))]
            : [];
    }

    /// <summary>The name of the socket that the path names, or of any other when it names none, whose process lives; null: there is none.</summary>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory is not for this user.</exception>
    public static string? Owner(string path)
    {
        RemoveStale(path);
        string? newest = new FileInfo(path).LinkTarget;
        return All(path).Select(Path.GetFileName).FirstOrDefault(name => newest is null || name == newest);
    }

    /// <summary>Lets the path name this process's socket, in the place of whatever socket it named.</summary>
    /// <exception cref="IOException">There is a file of somebody else's, or the directory cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory is not for this user.</exception>
    public static void Publish(string path, string own)
    {
        var present = new FileInfo(path);
        if (present.Exists && present.LinkTarget is null)
        {
            throw new IOException("there is something that is no control socket");
        }
        string beside = own + ".link";
        File.Delete(beside);
        File.CreateSymbolicLink(beside, Path.GetFileName(own));
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Removes the socket of this process, and the link when it still names it.</summary>
    public static void Remove(string path, string own)
    {
        try
        {
            File.Delete(own);
            if (new FileInfo(path).LinkTarget == Path.GetFileName(own))
            {
                File.Delete(path);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // then somebody finds nobody there, and the next server removes it
        }
    }

    /// <summary>Removes what processes left that could not do it themselves.</summary>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    public static void RemoveStale(string path)
    {
        foreach (string socket in All(path))
        {
            using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                probe.Connect(new UnixDomainSocketEndPoint(socket));
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
            {
                File.Delete(socket);
            }
            catch (SocketException)
            {
                // a living one with too much to do
            }
        }
    }
}
