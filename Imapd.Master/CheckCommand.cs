using Imapd.Master.Configuration;
using Imapd.Master.Native;
using Imapd.Master.Spawning;

namespace Imapd.Master;

/// <summary>
/// <c>imapd check-mailbox [--repair] [--layout maildir++|fs] PATH</c>: the worker's executable takes this process's place, since mail is its affair.
/// </summary>
internal static class CheckCommand
{
    /// <summary>The word that comes in place of options.</summary>
    public const string Name = "check-mailbox";

    private const string Usage = $"usage: imapd {Name} [--repair] [--layout maildir++|fs] [--] PATH";

    /// <summary>Becomes the worker; comes back only when the usage was asked for, or to say why not.</summary>
    /// <param name="arguments">What stands behind the word.</param>
    /// <returns>The exit status.</returns>
    /// <exception cref="UsageException">The arguments are wrong, or there is no worker.</exception>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        string? path = null;
        List<string> options = [];
        bool isPathNext = false;
        for (int index = 0; index < arguments.Length; index++)
        {
            string argument = arguments[index];
            switch (argument)
            {
                case "--" when !isPathNext:
                    isPathNext = true;
                    break;
                case "--help" when !isPathNext:
                    Console.Out.WriteLine(Usage);
                    return 0;
                case "--repair" when !isPathNext:
                    options.Add(argument);
                    break;
                case "--layout" when !isPathNext && index + 1 < arguments.Length && (arguments[index + 1] is "maildir++" or "fs"):
                    options.AddRange([argument, arguments[++index]]);
                    break;
                case "--layout=fs" or "--layout=maildir++" when !isPathNext:
                    options.AddRange(argument.Split('='));
                    break;
                default:
                    bool isPath = path is null && argument.Length > 0 && (isPathNext || argument[0] != '-');
                    path = isPath ? argument : throw new UsageException(Usage, UsageException.UnknownOption);
                    break;
            }
        }
        if (path is null)
        {
            throw new UsageException(Usage, UsageException.UnknownOption);
        }
        string worker = WorkerLocation.Find()
            ?? throw new UsageException("imapd-worker is not installed", UsageException.UnknownOption);
        List<string> forWorker = ["--" + Name, Path.GetFullPath(path), .. options];
        throw new UsageException(
            Spawn.Become(worker, forWorker, ChildEnvironment.Variables).Message, UsageException.UnknownOption);
    }
}
