using System.Globalization;
using Imapd.Tests.Stress.Client;
using NUnit.Framework;

namespace Imapd.Tests.Differential;

/// <summary>What a SEARCH has found, in whatever order and form it is told.</summary>
internal static class SearchFacts
{
    /// <summary>The numbers of a SEARCH response (RFC 3501 §7.2.5).</summary>
    public static HashSet<int> Found(Answer answer)
    {
        Assert.That(answer.IsOk, Is.True, $"{answer.Command}: {answer.Status}");
        string found = answer.Untagged.Single(static line => line.StartsWith("SEARCH", StringComparison.Ordinal));
        return [.. found.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(static number => int.Parse(number, CultureInfo.InvariantCulture))];
    }

    /// <summary>An ESEARCH response (RFC 9051 §7.3.4), its sets as they would be enumerated and its items by name.</summary>
    public static string Extended(Answer answer)
    {
        Assert.That(answer.IsOk, Is.True, $"{answer.Command}: {answer.Status}");
        string response = answer.Untagged.Single(static line => line.StartsWith("ESEARCH", StringComparison.Ordinal));
        IReadOnlyList<ImapValue> values = ImapValue.ParseAll(response);
        var items = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int at = 1; at < values.Count; at++)
        {
            if (values[at].Text is { } name)
            {
                bool hasValue = name != "UID";
                string value = hasValue ? values[++at].Text! : "";
                items[name] = name == "ALL" ? string.Join(' ', ClientReply.Numbers(value).Order()) : value;
            }
        }

        return string.Join(' ', items.Select(static item => $"{item.Key}={item.Value}"));
    }
}
