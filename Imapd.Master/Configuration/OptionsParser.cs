using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using CommandLine;

namespace Imapd.Master.Configuration;

/// <summary>From argv to <see cref="OptionValues"/>.</summary>
internal static class OptionsParser
{
    /// <exception cref="UsageException">Something there is not an option, or lacks its value.</exception>
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(Options))]
    public static OptionValues Parse(IReadOnlyList<string> arguments)
    {
        var values = new OptionValues();
        List<string> left = [.. arguments.Where(argument => !TakeSwitch(argument, values))];
        RequireValues(left);
        using var parser = new Parser(settings =>
        {
            settings.AutoHelp = false; // -h is the host
            settings.AutoVersion = false;
            settings.AllowMultiInstance = true;
            settings.HelpWriter = null;
        });
        ParserResult<Options> result = parser.ParseArguments<Options>(left);
        if (result is not Parsed<Options> parsed)
        {
            throw Refuse(result.Errors.First());
        }
        string? rest = parsed.Value.Rest.FirstOrDefault();
        if (rest is not null)
        {
            throw new UsageException($"'{rest}' is not an option; see imapd --help");
        }
        foreach (PropertyInfo property in typeof(Options).GetProperties())
        {
            if (property.GetCustomAttribute<OptionAttribute>() is OptionAttribute option)
            {
                foreach (string text in Texts(property.GetValue(parsed.Value)))
                {
                    if (text.Length == 0)
                    {
                        throw LacksValue(option.LongName);
                    }
                    values.Add(option.LongName, new OptionValue(text, Place: null));
                }
            }
        }
        return values;
    }

    private static IEnumerable<string> Texts(object? value) => value switch
    {
        string text => [text],
        IEnumerable<string> texts => texts,
        true => ["yes"],
        _ => [],
    };

    // A switch of the file is taken back with =no, which the library does not know.
    private static bool TakeSwitch(string argument, OptionValues values)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal) || argument.IndexOf('=', StringComparison.Ordinal) is not (> 0 and int end)
            || OptionTable.Find(argument[2..end]) is not { IsSwitch: true } row)
        {
            return false;
        }
        string value = argument[(end + 1)..];
        if (value is not ("yes" or "no"))
        {
            throw new UsageException($"--{row.Name} is yes or no, not '{value}'");
        }
        values.Add(row.Name, new OptionValue(value, Place: null));
        return true;
    }

    // Without one, the library forgets the option, or takes the name of the next for its value.
    private static void RequireValues(List<string> arguments)
    {
        for (int index = 0; index < arguments.Count; index++)
        {
            bool isFollowedByValue = index + 1 < arguments.Count && arguments[index + 1] is not ['-', _, ..];
            if (!isFollowedByValue && NameOfValued(arguments[index]) is string name)
            {
                throw LacksValue(name);
            }
        }
    }

    // "--name" or "-n" of an option that has a value, not "--name=value".
    private static string? NameOfValued(string argument) => typeof(Options).GetProperties()
        .Where(property => property.PropertyType != typeof(bool))
        .Select(property => property.GetCustomAttribute<OptionAttribute>())
        .FirstOrDefault(option => option is not null
            && (argument == "--" + option.LongName || (option.ShortName.Length > 0 && argument == "-" + option.ShortName)))?.LongName;

    private static UsageException LacksValue(string name) => new($"--{name} needs a value");

    private static UsageException Refuse(Error error) => error switch
    {
        UnknownOptionError unknown => new UsageException(
            $"unknown option {Dashed(unknown.Token)}; see imapd --help", UsageException.UnknownOption),
        MissingValueOptionError missing => LacksValue(missing.NameInfo.LongName),
        BadFormatTokenError bad => new UsageException($"'{bad.Token}' cannot be read; see imapd --help"),
        NamedError named => new UsageException($"--{named.NameInfo.LongName} cannot be used like this; see imapd --help"),
        _ => new UsageException("the command line cannot be read; see imapd --help"),
    };

    private static string Dashed(string token) => token.Length == 1 ? "-" + token : "--" + token;
}
