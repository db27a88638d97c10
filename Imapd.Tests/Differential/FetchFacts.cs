using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Imapd.Tests.Differential;

/// <summary>
/// Makes of a FETCH response what it states, one fact a line, so that two servers may be compared: strings are the same quoted or
/// as literals, items and parameters in any order, names of types, encodings and parameters in any case (RFC 2045 §2, §5.1, §6.1).
/// </summary>
internal sealed class FetchFacts
{
    private const int MaxShown = 160;

    private static readonly string[] EnvelopeFields =
        ["date", "subject", "from", "sender", "reply-to", "to", "cc", "bcc", "in-reply-to", "message-id"];

    private readonly SortedDictionary<string, string> _facts = new(StringComparer.Ordinal);

    private FetchFacts()
    {
    }

    /// <summary>The facts of each message that an answer tells of, by message number.</summary>
    public static IReadOnlyDictionary<int, IReadOnlyDictionary<string, string>> Of(Answer answer)
    {
        var messages = new Dictionary<int, IReadOnlyDictionary<string, string>>();
        foreach ((int number, IReadOnlyList<ImapValue> items) in ItemsOf(answer))
        {
            var facts = new FetchFacts();
            for (int at = 0; at + 1 < items.Count; at += 2)
            {
                facts.AddItem(NameOf(items[at]), items[at + 1]);
            }

            messages[number] = facts._facts;
        }

        return messages;
    }

    /// <summary>What sections hold, octets as characters, by message number and the names that their facts have; NIL is null.</summary>
    public static IReadOnlyDictionary<(int Number, string Fact), string?> Sections(Answer answer)
    {
        var sections = new Dictionary<(int, string), string?>();
        foreach ((int number, IReadOnlyList<ImapValue> items) in ItemsOf(answer))
        {
            for (int at = 0; at + 1 < items.Count; at += 2)
            {
                if (items[at].Text!.Contains('[', StringComparison.Ordinal))
                {
                    sections[(number, NameOf(items[at]))] = items[at + 1].IsNil ? null : items[at + 1].Text;
                }
            }
        }

        return sections;
    }

    /// <summary>Octets as they are shown: what is long by its beginning, its length and a sum over all of it.</summary>
    public static string Show(string octets)
    {
        var text = new StringBuilder("\"");
        foreach (char octet in octets.AsSpan(0, Math.Min(octets.Length, MaxShown)))
        {
            text.Append(octet is '"' or '\\' ? $"\\{octet}"
                : octet is >= ' ' and < '\x7f' ? octet.ToString()
                : "\\x" + ((int)octet).ToString("x2", CultureInfo.InvariantCulture));
        }

        text.Append('"');
        return octets.Length <= MaxShown
            ? text.ToString()
            : $"{text}… {octets.Length} octets {Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(octets)))[..12]}";
    }

    private static IEnumerable<(int Number, IReadOnlyList<ImapValue> Items)> ItemsOf(Answer answer)
    {
        foreach (string response in answer.Untagged)
        {
            int space = response.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && response.AsSpan(space).StartsWith(" FETCH (") && int.TryParse(response.AsSpan(0, space), out int number))
            {
                yield return (number, ImapValue.ParseAll(response[(space + " FETCH ".Length)..])[0].Items);
            }
        }
    }

    // Names of fields may be quoted.
    private static string NameOf(ImapValue item) => item.Text!.ToUpperInvariant().Replace("\"", "", StringComparison.Ordinal);

    private void AddItem(string name, ImapValue value)
    {
        switch (name)
        {
            case "ENVELOPE":
                AddEnvelope(name, value);
                break;
            case "BODY" or "BODYSTRUCTURE":
                AddBody(name + " ", "", value);
                break;
            case "FLAGS":
                // Which session is told \Recent depends on which came first (RFC 3501 §2.3.2).
                _facts[name] = string.Join(' ', value.Items.Select(static flag => flag.Text!).Where(static flag => flag != "\\Recent").Order(StringComparer.Ordinal));
                break;
            case "INTERNALDATE":
                _facts[name] = DateTimeOffset.ParseExact(value.Text!.Trim(), "d-MMM-yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture)
                    .UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
                break;
            default:
                _facts[name] = Text(value);
                break;
        }
    }

    private void AddEnvelope(string prefix, ImapValue envelope)
    {
        for (int at = 0; at < envelope.Items.Count; at++)
        {
            _facts[$"{prefix}/{(at < EnvelopeFields.Length ? EnvelopeFields[at] : "more")}"] = Text(envelope.Items[at]);
        }
    }

    // Part numbers as in section specifications, but what is inside a message is one level further down.
    private void AddBody(string item, string number, ImapValue body)
    {
        string prefix = $"{item}{(number.Length == 0 ? "top" : number)}/";
        int parts = 0;
        while (parts < body.Items.Count && body.Items[parts].Text is null)
        {
            parts++;
            AddBody(item, Below(number, parts), body.Items[parts - 1]);
        }

        _facts[prefix + "parts"] = parts.ToString(CultureInfo.InvariantCulture);
        if (parts > 0)
        {
            _facts[prefix + "type"] = "MULTIPART/" + Text(body.Items, parts).ToUpperInvariant();
            AddExtension(prefix, body.Items, parts + 1, hasParameters: true);
            return;
        }

        string type = $"{Text(body.Items, 0)}/{Text(body.Items, 1)}".ToUpperInvariant();
        _facts[prefix + "type"] = type;
        _facts[prefix + "parameters"] = Parameters(body.Items, 2);
        _facts[prefix + "id"] = Text(body.Items, 3);
        _facts[prefix + "description"] = Text(body.Items, 4);
        _facts[prefix + "encoding"] = Text(body.Items, 5).ToUpperInvariant();
        _facts[prefix + "octets"] = Text(body.Items, 6);
        int at = 7;
        if (body.Items.Count > 8 && body.Items[7].Text is null && body.Items[8].Text is null)
        {
            AddEnvelope(prefix + "envelope", body.Items[7]);
            AddBody(item, Below(number, 1), body.Items[8]);
            at = 9;
        }

        if (at < body.Items.Count && (at == 9 || type.StartsWith("\"TEXT\"", StringComparison.Ordinal)))
        {
            _facts[prefix + "lines"] = Text(body.Items, at++);
        }

        if (at < body.Items.Count)
        {
            _facts[prefix + "md5"] = Text(body.Items, at);
            AddExtension(prefix, body.Items, at + 1, hasParameters: false);
        }
    }

    private void AddExtension(string prefix, IReadOnlyList<ImapValue> items, int at, bool hasParameters)
    {
        if (at >= items.Count)
        {
            return;
        }

        if (hasParameters)
        {
            _facts[prefix + "parameters"] = Parameters(items, at++);
        }

        ImapValue? disposition = at < items.Count ? items[at] : null;
        _facts[prefix + "disposition"] = disposition is { Text: null }
            ? $"{Text(disposition.Items, 0).ToUpperInvariant()} {Parameters(disposition.Items, 1)}"
            : Text(items, at);
        ImapValue? language = at + 1 < items.Count ? items[at + 1] : null;
        _facts[prefix + "language"] = language is { Text: not null, IsNil: false } ? $"({Text(language)})" : Text(items, at + 1);
        _facts[prefix + "location"] = Text(items, at + 2);
        for (int more = at + 3; more < items.Count; more++)
        {
            _facts[prefix + "more"] = Text(items, more);
        }
    }

    private static string Parameters(IReadOnlyList<ImapValue> items, int at)
    {
        if (at >= items.Count || items[at].Text is not null)
        {
            return Text(items, at);
        }

        IReadOnlyList<ImapValue> list = items[at].Items;
        return string.Join(' ', Enumerable.Range(0, list.Count / 2)
            .Select(pair => Parameter(Text(list[2 * pair]).ToLowerInvariant(), Text(list, (2 * pair) + 1)))
            .Order(StringComparer.Ordinal));
    }

    // Names of charsets have no case (RFC 2046 §4.1.2).
    private static string Parameter(string name, string value) =>
        $"{name}={(name == "\"charset\"" ? value.ToLowerInvariant() : value)}";

    private static string Below(string number, int part) =>
        number.Length == 0 ? part.ToString(CultureInfo.InvariantCulture) : $"{number}.{part}";

    private static string Text(IReadOnlyList<ImapValue> items, int at) => at < items.Count ? Text(items[at]) : "(missing)";

    private static string Text(ImapValue value) => value switch
    {
        { Text: null } => $"({string.Join(' ', value.Items.Select(Text))})",
        { IsNil: true } => "NIL",
        { IsString: true } => Show(value.Text),
        _ => value.Text,
    };
}
