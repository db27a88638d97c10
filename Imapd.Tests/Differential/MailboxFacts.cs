
namespace Imapd.Tests.Differential;

/// <summary>What LIST, LSUB and STATUS tell, by mailbox: in any order, names quoted or not.</summary>
internal static class MailboxFacts
{
    public static IReadOnlyDictionary<string, string> Of(Answer answer)
    {
        // \HasChildren may be left out where other things are asked for (RFC 5258 §4).
        bool isExtended = answer.Command.StartsWith("LIST (", StringComparison.Ordinal)
            || answer.Command.Contains(" (", StringComparison.Ordinal);
        bool withChildren = !isExtended || answer.Command.Contains("CHILDREN", StringComparison.Ordinal);
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string response in answer.Untagged)
        {
            IReadOnlyList<ImapValue> values = ImapValue.ParseAll(response);
            switch (values[0].Text)
            {
                case "LIST" or "LSUB":
                    facts[$"{values[0].Text} {FetchFacts.Show(Name(values[3]))}"] =
                        $"{Attributes(values[1], withChildren)} {values[2].Text}{(values.Count > 4 ? " " + Extended(values[4]) : "")}";
                    break;
                case "STATUS":
                    facts[$"STATUS {FetchFacts.Show(Name(values[1]))}"] = string.Join(' ', Enumerable.Range(0, values[2].Items.Count / 2)
                        .Select(item => $"{values[2].Items[2 * item].Text!.ToUpperInvariant()}={values[2].Items[(2 * item) + 1].Text}").Order(StringComparer.Ordinal));
                    break;
            }
        }

        return facts;
    }

    // INBOX has no case (RFC 9051 §5.1).
    private static string Name(ImapValue name) =>
        name.Text!.Equals("INBOX", StringComparison.OrdinalIgnoreCase) ? "INBOX" : name.Text;

    // Whether there may be new messages is a guess that need not be made (RFC 9051 §7.3.1).
    private static string Attributes(ImapValue list, bool withChildren)
    {
        IEnumerable<string> told = list.Items.Select(static item => item.Text!.ToLowerInvariant())
            .Where(attribute => attribute is not ("\\marked" or "\\unmarked")
                && (withChildren || attribute is not ("\\haschildren" or "\\hasnochildren")));
        return $"({string.Join(' ', told.Order(StringComparer.Ordinal))})";
    }

    private static string Extended(ImapValue value) => value.Text is { } text
        ? text.ToUpperInvariant()
        : $"({string.Join(' ', value.Items.Select(Extended))})";
}
