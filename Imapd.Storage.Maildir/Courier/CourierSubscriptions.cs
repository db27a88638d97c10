using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir.Courier;

/// <summary>
/// Courier's subscriptions, <c>courierimapsubscribed</c> in the root: <c>INBOX.Lists.imap</c> on each line, in UTF-8 (Courier 5) or
/// modified UTF-7.
/// </summary>
internal static class CourierSubscriptions
{
    /// <summary>The file's name in the root.</summary>
    public const string FileName = "courierimapsubscribed";

    private const string Prefix = "INBOX.";

    /// <summary>The names in its text.</summary>
    public static IEnumerable<MailboxName> Names(string text) => text.Split('\n').Select(NameOf).OfType<MailboxName>().Distinct();

    /// <summary>The text with those lines that name none of our mailboxes, and the names.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="names">All names subscribed to.</param>
    /// <param name="form">How names are written that are in the text neither way.</param>
    public static string With(string text, IEnumerable<MailboxName> names, NameForm form)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        form = !Ascii.IsValid(text) ? NameForm.Utf8 : text.Contains('&', StringComparison.Ordinal) ? NameForm.ModifiedUtf7 : form;
        var wanted = new HashSet<MailboxName>(names);
        var result = new StringBuilder();
        foreach (string line in lines)
        {
            if (NameOf(line) is not { } name || wanted.Remove(name))
            {
                result.Append(line).Append('\n');
            }
        }

        foreach (MailboxName name in wanted.OrderBy(static name => name.Value, StringComparer.Ordinal))
        {
            result.Append(name.IsInbox ? "INBOX" : Prefix + DirectoryName.ToDotted(name, form)).Append('\n');
        }

        return result.ToString();
    }

    private static MailboxName? NameOf(string line) =>
        line == "INBOX" ? MailboxName.Inbox
        : line.StartsWith(Prefix, StringComparison.Ordinal) ? DirectoryName.FromDotted(line[Prefix.Length..])
        : null;
}
