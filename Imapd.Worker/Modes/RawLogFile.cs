using System.Globalization;
using Imapd.Protocol.Handoff;
using Imapd.Worker.Session;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace Imapd.Worker.Modes;

/// <summary>
/// Makes the file of a session's protocol log: before the process becomes the user, in a directory that nobody else can write to
/// or into, so that the user's process holds the descriptor of its own file and no more; or as the user, in a directory of his
/// home that he has made to have one.
/// </summary>
internal static class RawLogFile
{
    /// <summary>What a directory in the user's home begins with.</summary>
    public const string Home = "~/";

    // Of the disk so much stays free, in hundredths: sessions are many, and a log is less important than mail.
    private const ulong FreeShare = 5;

    /// <summary>The log of a session; null when none is wanted here, or there is none to be had.</summary>
    /// <param name="directory">Where; null: nowhere.</param>
    /// <param name="facts">Whose.</param>
    /// <param name="complain">Told why there is none, or no more.</param>
    public static RawLog? Open(string? directory, ConnectionFacts facts, Action<string> complain) =>
        directory is null || directory.StartsWith(Home, StringComparison.Ordinal) ? null : Make(directory, facts, complain);

    /// <summary>
    /// The same in the user's home, for a process that is the user; null also when he has no such directory.
    /// </summary>
    /// <param name="directory">Where, with <see cref="Home"/> before it; anything else is nowhere.</param>
    /// <param name="home">His home directory.</param>
    /// <param name="facts">Whose.</param>
    /// <param name="complain">Told why there is none, or no more.</param>
    public static RawLog? OpenAtHome(string? directory, string home, ConnectionFacts facts, Action<string> complain)
    {
        if (directory is null || !directory.StartsWith(Home, StringComparison.Ordinal))
        {
            return null;
        }
        string path = Path.Combine(home, directory[Home.Length..]);
        return Directory.Exists(path) ? Make(path, facts, complain) : null;
    }

    private static RawLog? Make(string directory, ConnectionFacts facts, Action<string> complain)
    {
        if (Syscall.statvfs(directory, out Statvfs disk) == 0 && disk.f_bavail < disk.f_blocks / 100 * FreeShare)
        {
            complain("No protocol log: the disk is nearly full");
            return null;
        }
        string session = facts.Id == 0 ? $"pid{Environment.ProcessId}" : SessionId.Format(facts.Id);
        string name = string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{session}.log");
        int descriptor = Syscall.open(
            Path.Combine(directory, name),
            OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_NOFOLLOW | OpenFlags.O_APPEND | OpenFlags.O_CLOEXEC,
            FilePermissions.S_IRUSR | FilePermissions.S_IWUSR);
        if (descriptor == -1)
        {
            complain($"No protocol log: {Stdlib.GetLastError()}");
            return null;
        }
        var file = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        var log = new RawLog(file, complain);
        log.Note($"session {session} from {(facts.PeerAddress.Length == 0 ? "standard input" : $"{facts.PeerAddress} port {facts.PeerPort}")}, {facts.Tls?.Protocol ?? "no TLS"}");
        return log;
    }
}
