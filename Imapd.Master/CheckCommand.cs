using Imapd.Master.Configuration;
using Imapd.Master.Native;
using Imapd.Master.Spawning;

namespace Imapd.Master;

/// <summary>
/// <c>imapd check-mailbox PATH [--repair]</c>: the worker's executable takes this process's place, since mail is its affair.
/// </summary>
internal static class CheckCommand
{
    /// <summary>The word that comes in place of options.</summary>
    public const string Name = "check-mailbox";

    private const string Repair = "--repair";

    /// <summary>Becomes the worker; comes back only to say why not.</summary>
    /// <param name="arguments">What stands behind the word.</param>
    /// <exception cref="UsageException">Always.</exception>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        string[] paths = [.. arguments.ToArray().Where(static argument => argument != Repair)];
        if (paths.Length != 1 || paths[0].Length == 0 || arguments.Length - paths.Length > 1)
        {
            throw new UsageException($"usage: imapd {Name} PATH [{Repair}]", UsageException.UnknownOption);
        }
        string worker = WorkerLocation.Find()
            ?? throw new UsageException("imapd-worker is not installed", UsageException.UnknownOption);
        List<string> forWorker = ["--" + Name, Path.GetFullPath(paths[0])];
        if (paths.Length < arguments.Length)
        {
            forWorker.Add(Repair);
        }
        throw new UsageException(
            Spawn.Become(worker, forWorker, ChildEnvironment.Variables).Message, UsageException.UnknownOption);
    }
}
