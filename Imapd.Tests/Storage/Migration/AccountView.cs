using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;

namespace Imapd.Tests.Storage.Migration;

/// <summary>
/// What a client sees of an account, as text to be compared: subscriptions, and of each mailbox UIDVALIDITY and, by UID, flags and
/// internal date.
/// </summary>
internal static partial class AccountView
{
    /// <summary>As a server shows it.</summary>
    /// <param name="server">The server.</param>
    /// <param name="prefix">What it has before each name but INBOX: <c>INBOX.</c> for Courier.</param>
    /// <param name="delimiter">What it has between levels.</param>
    public static string Of(ImapPipe server, string prefix = "", char delimiter = '/')
    {
        string NameOf(string line) => Decoded(line[(line.IndexOf($"\"{delimiter}\" ", StringComparison.Ordinal) + 4)..].Trim('"'), prefix, delimiter);
        string[] subscribed = [.. server.Do("LSUB \"\" *").Where(static line => !line.Contains("\\Noselect", StringComparison.Ordinal)).Select(NameOf)];
        string[] mailboxes =
        [
            .. server.Do("LIST \"\" *")
                .Where(static line => !Regex.IsMatch(line, @"\\(Noselect|NonExistent)", RegexOptions.IgnoreCase))
                .Select(line => line[(line.IndexOf($"\"{delimiter}\" ", StringComparison.Ordinal) + 4)..])
        ];
        return Text(subscribed, mailboxes.ToDictionary(wire => Decoded(wire.Trim('"'), prefix, delimiter), wire => MailboxOf(server, wire)));
    }

    /// <summary>As the store shows it.</summary>
    public static string Of(MailStore store)
    {
        var mailboxes = new Dictionary<string, string>();
        foreach (MailboxEntry entry in store.List().Where(static entry => entry.Exists))
        {
            using Mailbox mailbox = store.Select(entry.Name, false);
            MailboxState state = mailbox.State;
            var text = new StringBuilder($"UIDVALIDITY {state.UidValidity}\n");
            for (int i = 0; i < state.Count; i++)
            {
                SystemFlags flags = state.FlagsAt(i).System;
                string[] names =
                [
                    .. Enum.GetValues<SystemFlags>().Where(flag => flag != SystemFlags.None && (flags & flag) != 0).Select(static flag => "\\" + flag),
                    .. state.KeywordsAt(i)
                ];
                text.Append(Line(state.UidAt(i).Value, names, mailbox.InternalDate(state.UidAt(i))));
            }

            mailboxes[entry.Name.Value] = text.ToString();
        }

        return Text(store.Subscriptions().Select(static name => name.Value), mailboxes);
    }

    private static string MailboxOf(ImapPipe server, string wire)
    {
        string validity = server.Do("EXAMINE " + wire).Select(static line => Validity().Match(line)).Single(static match => match.Success).Groups[1].Value;
        var lines = new SortedDictionary<uint, string>();
        foreach (string line in server.Do("UID FETCH 1:* (UID FLAGS INTERNALDATE)"))
        {
            if (Uid().Match(line) is { Success: true } uid)
            {
                string[] flags = Flags().Match(line).Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                string date = Date().Match(line).Groups[1].Value.Trim();
                uint number = uint.Parse(uid.Groups[1].Value, CultureInfo.InvariantCulture);
                lines[number] = Line(
                    number,
                    flags.Where(static flag => flag != "\\Recent"),
                    DateTimeOffset.ParseExact(date, "d-MMM-yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture));
            }
        }

        return $"UIDVALIDITY {validity}\n" + string.Concat(lines.Values);
    }

    private static string Line(uint uid, IEnumerable<string> flags, DateTimeOffset date) => string.Create(
        CultureInfo.InvariantCulture, $"{uid} {string.Join(' ', flags.Order(StringComparer.Ordinal))} {date.ToUnixTimeSeconds()}\n");

    private static string Text(IEnumerable<string> subscribed, Dictionary<string, string> mailboxes) =>
        "subscribed: " + string.Join(", ", subscribed.Order(StringComparer.Ordinal)) + "\n"
        + string.Concat(mailboxes.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"[{one.Key}]\n{one.Value}"));

    private static string Decoded(string wire, string prefix, char delimiter)
    {
        string name = wire.StartsWith(prefix, StringComparison.Ordinal) ? wire[prefix.Length..] : wire;
        return MailboxNameEncoding.TryFromModifiedUtf7(name, out string text) ? text.Replace(delimiter, '/') : throw new FormatException(wire);
    }

    [GeneratedRegex(@"UIDVALIDITY (\d+)")]
    private static partial Regex Validity();

    [GeneratedRegex(@"UID (\d+)")]
    private static partial Regex Uid();

    [GeneratedRegex(@"FLAGS \(([^)]*)\)")]
    private static partial Regex Flags();

    [GeneratedRegex("INTERNALDATE \"([^\"]*)\"")]
    private static partial Regex Date();
}
