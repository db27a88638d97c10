namespace Imapd.Tests.Differential;

/// <summary>Makes LIST, LSUB and STATUS commands over the mailboxes of <see cref="ComparedAccount"/>. The same seed makes the same ones.</summary>
internal sealed class MailboxCommands(int seed)
{
    private const int Patterns = 250;

    private static readonly string[] Pieces =
        ["*", "%", "/", "a", "b", "A", "x", "I", "INBOX", "inbox", "c", "with", " ", "&", "-", "Gr&APwA3w-e", "50", "q", "{", "(", "[", "\\\\", "\\\"", "o", ".", "long"];

    private readonly Random _random = new(seed);

    /// <summary>All of them: of each mailbox, of each kind of pattern.</summary>
    public IEnumerable<string> All()
    {
        foreach (string name in ComparedAccount.Names)
        {
            string quoted = Quoted(name);
            yield return $"STATUS {quoted} (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)";
            yield return $"STATUS {quoted} (SIZE UIDNEXT)";
            yield return $"LIST \"\" {quoted}";
            yield return $"LIST {quoted} %";
            yield return $"LSUB \"\" {quoted}";
        }

        foreach (string pattern in (string[])["\"\"", "*", "%", "%/%", "*/*", "a*", "%b", "INBOX*", "inbox%", "*%*%*", "/*", "*/", "a/%/c", "nothing", "\"%/%/%\""])
        {
            yield return $"LIST \"\" {pattern}";
            yield return $"LSUB \"\" {pattern}";
        }

        foreach (string extended in (string[])
        [
            "LIST (SUBSCRIBED) \"\" *", "LIST (SUBSCRIBED) \"\" %", "LIST \"\" * RETURN (SUBSCRIBED)", "LIST \"\" % RETURN (CHILDREN)", "LIST \"\" (a% x* INBOX)",
            "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %", "LIST (SUBSCRIBED RECURSIVEMATCH) \"\" x", "LIST \"\" % RETURN (STATUS (MESSAGES UIDNEXT))",
            "LIST (REMOTE) \"\" *", "LIST (SUBSCRIBED) \"\" (a* gone was*) RETURN (CHILDREN SUBSCRIBED)", "LIST () \"\" *",
        ])
        {
            yield return extended;
        }

        for (int at = 0; at < Patterns; at++)
        {
            string reference = _random.Next(5) switch { 0 => "a/", 1 => "a", 2 => "x/y/", _ => "" };
            string pattern = string.Concat(Enumerable.Range(0, _random.Next(1, 6)).Select(_ => Pieces[_random.Next(Pieces.Length)]));
            yield return $"{(_random.Next(4) == 0 ? "LSUB" : "LIST")} \"{reference}\" \"{pattern}\"";
        }
    }

    private static string Quoted(string name) =>
        $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
