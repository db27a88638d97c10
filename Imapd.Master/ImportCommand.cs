using Imapd.Master.Configuration;
using Imapd.Master.Native;
using Imapd.Master.Spawning;

namespace Imapd.Master;

/// <summary>
/// <c>imapd import-mbox [OPTION]... FILE...</c>: finds out where mail is, as the server does, and lets the worker's executable take this
/// process's place. For users, not for root.
/// </summary>
internal static class ImportCommand
{
    /// <summary>The word that comes in place of options.</summary>
    public const string Name = "import-mbox";

    private const string Usage =
        $"usage: imapd {Name} [--mailbox NAME] [--quoting mboxrd|mboxo|none] [--subscribe] [--config FILE] [--mail-location LOCATION] "
        + "[--layout maildir++|fs] [--] FILE...";

    private static readonly string[] OfServer = ["--config", "--mail-location", "--maildir-path", "--layout"];

    /// <summary>Becomes the worker; comes back only when the usage was asked for, or to say why not.</summary>
    /// <param name="arguments">What stands behind the word.</param>
    /// <returns>The exit status.</returns>
    /// <exception cref="UsageException">The arguments or the configuration are wrong, or there is no worker.</exception>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        List<string> forServer = ["--preauth"];
        List<string> forWorker = [];
        List<string> files = [];
        bool areFilesNext = false;
        for (int index = 0; index < arguments.Length; index++)
        {
            string argument = arguments[index];
            if (areFilesNext || !argument.StartsWith('-'))
            {
                files.Add(Path.GetFullPath(argument.Length > 0 ? argument : throw Wrong()));
                continue;
            }
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            string option = equals < 0 ? argument : argument[..equals];
            switch (option)
            {
                case "--" when equals < 0:
                    areFilesNext = true;
                    break;
                case "--help" when equals < 0:
                    Console.Out.WriteLine(Usage);
                    return 0;
                case "--subscribe" when equals < 0:
                    forWorker.Add(option);
                    break;
                default:
                    string value = equals >= 0 ? argument[(equals + 1)..] : ++index < arguments.Length ? arguments[index] : throw Wrong();
                    bool isOfServer = OfServer.Contains(option);
                    bool isOfWorker = option == "--mailbox" || (option == "--quoting" && value is "mboxrd" or "mboxo" or "none");
                    (isOfServer ? forServer : isOfWorker ? forWorker : throw Wrong()).AddRange([option, value]);
                    break;
            }
        }
        if (files.Count == 0)
        {
            throw Wrong();
        }
        if (Descriptors.EffectiveUser == 0)
        {
            throw new UsageException($"{Name} is run as the user whose mail it is: runuser -u USER -- imapd {Name} ...");
        }
        Settings settings = SettingsReader.ForThisProcess().Read(ConfigLocation.Complete(OptionsParser.Parse(forServer)));
        throw new UsageException(
            Spawn.Become(
                settings.WorkerPath,
                [
                    .. WorkerLauncher.Arguments(settings, "--" + Name, runAs: null),
                    .. forWorker,
                    .. files.SelectMany(file => (string[])["--file", file]),
                ],
                ChildEnvironment.Variables).Message);
    }

    private static UsageException Wrong() => new(Usage, UsageException.UnknownOption);
}
