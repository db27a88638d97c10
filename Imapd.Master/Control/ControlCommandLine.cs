using Imapd.Master.Configuration;

namespace Imapd.Master.Control;

/// <summary><c>imapd status|who|kick|reload|stop</c>, as they are typed.</summary>
internal static class ControlCommandLine
{
    private static readonly string[] Options = ["--config", "--control-socket"];

    /// <summary>Asks and prints.</summary>
    /// <param name="command">The word.</param>
    /// <param name="arguments">What stands behind it.</param>
    /// <returns>The exit status: 0 when all was done, 1 when a process had an error or nothing was there to kick.</returns>
    /// <exception cref="UsageException">The arguments are wrong, or nobody answers.</exception>
    public static int Run(ControlCommand command, ReadOnlySpan<string> arguments)
    {
        string usage = $"usage: imapd {command.Synopsis} [--json] [--control-socket PATH] [--config FILE]";
        string? operand = null;
        bool isJson = false;
        List<string> options = [];
        for (int index = 0; index < arguments.Length; index++)
        {
            string argument = arguments[index];
            if (argument == "--help")
            {
                Console.Out.WriteLine(usage);
                return 0;
            }
            if (argument == "--json")
            {
                isJson = true;
            }
            else if (Options.Contains(argument.Split('=')[0]))
            {
                options.Add(argument);
                options.AddRange(argument.Contains('=', StringComparison.Ordinal) || index + 1 == arguments.Length ? [] : [arguments[++index]]);
            }
            else
            {
                bool isOperand = command.Operand is not null && operand is null && IsOperand(argument);
                operand = isOperand ? argument : throw new UsageException(usage, UsageException.UnknownOption);
            }
        }
        if (command.Operand is not null && operand is null)
        {
            throw new UsageException(usage, UsageException.UnknownOption);
        }
        ControlReplies replies = ControlClient.AskAsync(Path(options), command, operand is null ? command.Name : $"{command.Name} {operand}")
            .GetAwaiter().GetResult();
        ControlReplies readable = replies.Readable(command.Print);
        ControlReplies shown = isJson ? replies : readable;
        if (shown.Answers.Count > 0)
        {
            Console.Out.Write(isJson ? shown.ToJson() : command.Print(shown));
        }
        foreach (string error in shown.Errors)
        {
            Console.Error.WriteLine("imapd: " + error);
        }
        bool isInVain = command.Name == ControlCommand.Kick && readable.Sum("ended") == 0;
        return isInVain || shown.Errors.Count > 0 ? 1 : 0;
    }

    private static bool IsOperand(string text) => text.Length > 0 && text[0] != '-' && !text.Any(char.IsControl);

    /// <exception cref="UsageException">There is none, or the configuration has a mistake.</exception>
    private static string Path(List<string> options) =>
        SettingsReader.ReadControlSocket(ConfigLocation.Complete(OptionsParser.Parse(options)), ControlPath.Default)
            ?? throw new UsageException("there is no control socket: control-socket is none");
}
