using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Imapd.Protocol.Handoff;

/// <summary>
/// Where mail is, for every user at once: <c>[maildir:]PATH[:LAYOUT=fs]</c>, in which the path holds variables. The master reads
/// it when it starts and hands it on as text; only a process that is the user makes a path of it.
/// </summary>
/// <remarks>
/// As in Dovecot's <c>mail_location</c>, <c>~</c> and <c>%{home}</c> are the home directory and begin the path; <c>%{user}</c> is
/// the name, <c>%{uid}</c> its number; <c>%h</c>, <c>%u</c> and <c>%i</c> are the same in short, <c>%n</c> and <c>%d</c> the name
/// before and behind its <c>@</c>. <c>%%</c> and <c>::</c> are a percent sign and a colon.
/// </remarks>
public sealed record MailLocation
{
    // Longer than any path the kernel takes helps nobody.
    private const int MaxLetters = 1024;

    private const string Known = "%{user}, %{home}, %{uid}, %u, %h, %i, %n and %d";

    private MailLocation(string path, string? layout) => (Path, Layout) = (path, layout);

    /// <summary><c>~/Maildir</c>.</summary>
    public static MailLocation Default { get; } = new("~/Maildir", null);

    /// <summary>The path, with its variables.</summary>
    public string Path { get; }

    /// <summary><c>maildir++</c> or <c>fs</c>; null: the location says nothing of it.</summary>
    public string? Layout { get; }

    /// <summary>Whether a user without a home directory has no mail.</summary>
    public bool NeedsHome => Path[0] == '~' || Parts(Path).Any(static part => part is { IsVariable: true, Text: "home" });

    /// <summary>The directory below which everybody's mail is, as far as it is the same for all; null when that is in the homes.</summary>
    public string? CommonDirectory
    {
        get
        {
            if (NeedsHome)
            {
                return null;
            }
            string same = string.Concat(Parts(Path).TakeWhile(static part => !part.IsVariable).Select(static part => part.Text));
            return same[..Math.Max(1, same.LastIndexOf('/'))];
        }
    }

    /// <summary>Each user's mail in a directory of his name.</summary>
    /// <param name="directory">An absolute path without variables.</param>
    public static MailLocation Below(string directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return new(directory.TrimEnd('/').Replace("%", "%%", StringComparison.Ordinal) + "/%{user}", null);
    }

    /// <summary>Reads a location.</summary>
    /// <param name="text">As an administrator writes it.</param>
    /// <param name="location">The location, when it is one.</param>
    /// <param name="problem">What is wrong with it, to continue the sentence that names it; empty when nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out MailLocation? location, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        location = null;
        List<string> fields = Fields(text.StartsWith("maildir:", StringComparison.Ordinal) ? text["maildir:".Length..] : text);
        string path = fields[0].Length > 1 ? fields[0].TrimEnd('/') : fields[0];
        string? layout = null;
        problem = text.Length > MaxLetters ? $"is longer than {MaxLetters} letters"
            : text.Any(char.IsControl) ? "has a control character in it"
            : ProblemOf(path, fields.Count > 1);
        for (int index = 1; index < fields.Count && problem.Length == 0; index++)
        {
            layout = fields[index].ToUpperInvariant() switch
            {
                "LAYOUT=FS" => "fs",
                "LAYOUT=MAILDIR++" => "maildir++",
                _ => null,
            };
            problem = layout is not null && index == 1 ? ""
                : $"may have LAYOUT=fs or LAYOUT=maildir++ behind its path, and not '{fields[index]}'";
        }
        location = problem.Length == 0 ? new(path, layout) : null;
        return location is not null;
    }

    /// <summary>The absolute path of a user's mail.</summary>
    /// <param name="user">His name, as the user database has it.</param>
    /// <param name="userId">His number.</param>
    /// <param name="home">His home directory.</param>
    /// <returns>
    /// Null when he has no place: his home is no absolute path where one is needed, or his name would lead to another directory
    /// (<c>/</c> in it, or <c>.</c> or <c>..</c> of it) or to none.
    /// </returns>
    public string? Expand(string user, uint userId, string home)
    {
        ArgumentNullException.ThrowIfNull(user);
        ArgumentNullException.ThrowIfNull(home);
        if (NeedsHome && !home.StartsWith('/'))
        {
            return null;
        }
        int at = user.IndexOf('@', StringComparison.Ordinal);
        var below = new StringBuilder();
        foreach ((bool isVariable, string text) in Parts(Path[0] == '~' ? Path[1..] : Path))
        {
            string value = !isVariable ? text : text switch
            {
                "user" => user,
                "uid" => userId.ToString(CultureInfo.InvariantCulture),
                "name" => at < 0 ? user : user[..at],
                "domain" => at < 0 ? "" : user[(at + 1)..],
                _ => "/",
            };
            if (isVariable && text != "home" && (value.Length == 0 || value.Contains('/', StringComparison.Ordinal) || value.Any(char.IsControl)))
            {
                return null;
            }
            below.Append(isVariable && text == "home" ? "" : value);
        }
        string rest = below.ToString();
        return rest.Split('/').Any(static level => level is "." or "..") ? null
            : NeedsHome ? home.TrimEnd('/') + rest is { Length: > 0 } path ? path : "/"
            : rest;
    }

    /// <summary>As it is written: what reads it again gets the same.</summary>
    public override string ToString() =>
        Path.Replace(":", "::", StringComparison.Ordinal) + (Layout is null ? "" : ":LAYOUT=" + Layout);

    private static string ProblemOf(string path, bool hasFields)
    {
        bool isAtHome = path is "~" or "%h" or "%{home}"
            || path.StartsWith("~/", StringComparison.Ordinal)
            || path.StartsWith("%h/", StringComparison.Ordinal)
            || path.StartsWith("%{home}/", StringComparison.Ordinal);
        if (!isAtHome && !path.StartsWith('/'))
        {
            return hasFields && path.Length > 0 && path.All(char.IsAsciiLetterLower)
                ? $"is of {path}, and only Maildirs are served: maildir:PATH"
                : "does not begin with /, ~/ or %{home}/";
        }
        if (path.Split('/').Any(static level => level is "." or ".."))
        {
            return "has . or .. in its path";
        }
        List<(bool IsVariable, string Text)> parts = [.. Parts(path)];
        if (parts.Find(static part => part.IsVariable && part.Text[0] == '%') is { Text: string unknown })
        {
            return $"has the variable '{unknown}' in it, and there are only {Known}";
        }
        if (parts.Skip(1).Any(static part => part is { IsVariable: true, Text: "home" }) || (path[0] == '~' && parts.Exists(IsHome)))
        {
            return "has the home directory somewhere else than at its beginning";
        }
        return isAtHome || parts.Exists(static part => part.IsVariable && part.Text is not "domain")
            ? ""
            : "is the same for all users: %{user}, %{uid} or the home has to be in it";
    }

    private static bool IsHome((bool IsVariable, string Text) part) => part is { IsVariable: true, Text: "home" };

    // At single colons; two of them are one that belongs to the field.
    private static List<string> Fields(string text)
    {
        List<string> fields = [];
        var field = new StringBuilder();
        for (int index = 0; index < text.Length; index++)
        {
            if (text[index] != ':')
            {
                field.Append(text[index]);
            }
            else if (index + 1 < text.Length && text[index + 1] == ':')
            {
                field.Append(':');
                index++;
            }
            else
            {
                fields.Add(field.ToString());
                field.Clear();
            }
        }
        fields.Add(field.ToString());
        return fields;
    }

    // Text and variables in turn, a variable by its long name; one that there is not, as it is written.
    private static IEnumerable<(bool IsVariable, string Text)> Parts(string path)
    {
        int start = 0;
        while (path.IndexOf('%', start) is >= 0 and int percent)
        {
            if (percent > start)
            {
                yield return (false, path[start..percent]);
            }
            int close = path.AsSpan(percent).StartsWith("%{") ? path.IndexOf('}', percent) : -1;
            int end = close >= 0 ? close + 1 : Math.Min(percent + 2, path.Length);
            string written = path[percent..end];
            yield return written switch
            {
                "%%" => (false, "%"),
                "%{user}" or "%u" => (true, "user"),
                "%{home}" or "%h" => (true, "home"),
                "%{uid}" or "%i" => (true, "uid"),
                "%n" => (true, "name"),
                "%d" => (true, "domain"),
                _ => (true, written),
            };
            start = end;
        }
        if (start < path.Length)
        {
            yield return (false, path[start..]);
        }
    }
}
