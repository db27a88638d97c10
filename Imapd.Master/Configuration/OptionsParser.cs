using System.Diagnostics.CodeAnalysis;
using CommandLine;

namespace Imapd.Master.Configuration;

/// <summary>From argv to <see cref="Options"/>.</summary>
internal static class OptionsParser
{
    /// <exception cref="UsageException">Something there is not an option, or lacks its value.</exception>
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(Options))]
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        using var parser = new Parser(settings =>
        {
            settings.AutoHelp = false; // -h is the host
            settings.AutoVersion = false;
            settings.AllowMultiInstance = true;
            settings.HelpWriter = null;
        });
        ParserResult<Options> result = parser.ParseArguments<Options>(arguments);
        if (result is not Parsed<Options> parsed)
        {
            throw Refuse(result.Errors.First());
        }
        string? rest = parsed.Value.Rest.FirstOrDefault();
        return rest is null
            ? parsed.Value
            : throw new UsageException($"'{rest}' is not an option; see imapd --help");
    }

    private static UsageException Refuse(Error error) => error switch
    {
        UnknownOptionError unknown => new UsageException(
            $"unknown option {Dashed(unknown.Token)}; see imapd --help", UsageException.UnknownOption),
        MissingValueOptionError missing => new UsageException($"--{missing.NameInfo.LongName} needs a value"),
        BadFormatTokenError bad => new UsageException($"'{bad.Token}' cannot be read; see imapd --help"),
        NamedError named => new UsageException($"--{named.NameInfo.LongName} cannot be used like this; see imapd --help"),
        _ => new UsageException("the command line cannot be read; see imapd --help"),
    };

    private static string Dashed(string token) => token.Length == 1 ? "-" + token : "--" + token;
}
