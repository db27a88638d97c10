namespace Imapd.Worker.Login;

/// <summary>
/// What the administrator says of names: which account one that a client sends stands for, and whose account may be used. Asked
/// by the process that asks PAM.
/// </summary>
internal sealed record LoginRules
{
    /// <summary>Domains that are taken off names.</summary>
    public IReadOnlyList<string> StrippedDomains { get; init; } = [];

    /// <summary>Capital letters of ASCII are made small ones.</summary>
    public bool IsLowercased { get; init; }

    /// <summary>Patterns of users who may not log in.</summary>
    public IReadOnlyList<string> DeniedUsers { get; init; } = [];

    /// <summary>Patterns of users, of which one has to match; none: everybody does.</summary>
    public IReadOnlyList<string> AllowedUsers { get; init; } = [];

    /// <summary>Patterns of groups of which nobody may log in.</summary>
    public IReadOnlyList<string> DeniedGroups { get; init; } = [];

    /// <summary>Patterns of groups, of which one has to match a group of the user's; none: that is not asked for.</summary>
    public IReadOnlyList<string> AllowedGroups { get; init; } = [];

    /// <summary>The name PAM is asked about in place of the one a client sends.</summary>
    public string NameOf(string sent)
    {
        int at = sent.LastIndexOf('@');
        string name = at >= 0 && StrippedDomains.Contains(sent[(at + 1)..], StringComparer.OrdinalIgnoreCase) ? sent[..at] : sent;
        return !IsLowercased ? name : string.Create(name.Length, name, static (lower, name) =>
        {
            for (int index = 0; index < name.Length; index++)
            {
                lower[index] = char.IsAsciiLetterUpper(name[index]) ? (char)(name[index] | 0x20) : name[index];
            }
        });
    }

    /// <summary>Asks, in sshd's order: denied users, allowed users, denied groups, allowed groups. Each can refuse.</summary>
    /// <param name="user">The name as the user database has it.</param>
    /// <param name="groups">The names of all his groups; called only when a rule is about groups.</param>
    /// <returns>Why he may not log in, for the log; null when he may.</returns>
    public string? WhyNot(string user, Func<IReadOnlyList<string>> groups)
    {
        if (FirstMatch(DeniedUsers, user) is { } deniedUser)
        {
            return $"{user} is denied by deny-user {deniedUser}";
        }
        if (AllowedUsers.Count > 0 && FirstMatch(AllowedUsers, user) is null)
        {
            return $"{user} is not among those of allow-user";
        }
        if (DeniedGroups.Count == 0 && AllowedGroups.Count == 0)
        {
            return null;
        }
        IReadOnlyList<string> names = groups();
        if (names.Select(name => FirstMatch(DeniedGroups, name)).FirstOrDefault(static match => match is not null) is { } deniedGroup)
        {
            return $"{user} is denied by deny-group {deniedGroup}";
        }
        return AllowedGroups.Count == 0 || names.Any(name => FirstMatch(AllowedGroups, name) is not null)
            ? null
            : $"{user} is in no group of allow-group";
    }

    private static string? FirstMatch(IReadOnlyList<string> patterns, string name) =>
        patterns.FirstOrDefault(pattern => Matches(pattern, name));

    // '*' is any text and '?' any letter. Of several stars only the last has to be tried again, so the work is bounded by the
    // product of both lengths.
    private static bool Matches(string pattern, string name)
    {
        int at = 0;
        int star = -1;
        int tried = 0;
        int index = 0;
        while (index < name.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                tried = index;
            }
            else if (at < pattern.Length && (pattern[at] == '?' || pattern[at] == name[index]))
            {
                at++;
                index++;
            }
            else if (star >= 0)
            {
                at = star + 1;
                index = ++tried;
            }
            else
            {
                return false;
            }
        }
        return pattern.AsSpan(at).TrimStart('*').IsEmpty;
    }
}
