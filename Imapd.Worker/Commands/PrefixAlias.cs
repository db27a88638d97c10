using System.Globalization;
using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Commands;

/// <summary>
/// A second name for every mailbox, for clients that insist on a prefix from another server's days: with <c>INBOX.</c> the mailbox
/// <c>Lists/imap</c> is also <c>INBOX.Lists.imap</c>, as Courier has it. It is hidden: NAMESPACE and LIST do not speak of it unless a
/// pattern begins with it.
/// </summary>
/// <remarks>
/// The prefix's last character is the delimiter of names that begin with it. A mailbox that really has such a name is
/// meant before any alias. Where the delimiter is a full stop, one within a level is <c>\2e</c>, as it is on disk.
/// </remarks>
/// <param name="prefix">The prefix, ending in its delimiter.</param>
internal sealed class PrefixAlias(string prefix)
{
    /// <summary>The delimiter of names with the prefix.</summary>
    public char Delimiter => prefix[^1];

    /// <summary>The mailbox that is meant.</summary>
    public MailboxName Resolve(MailStore store, MailboxName called) =>
        Has(called.Value) && !store.Exists(called)
        && MailboxName.TryCreate(Real(called.Value[prefix.Length..]), out MailboxName? name, out _)
            ? name!
            : called;

    /// <summary>What a mailbox is called with the prefix; itself for INBOX, and where the name would be too long.</summary>
    public MailboxName NameOf(MailboxName name) =>
        !name.IsInbox && MailboxName.TryCreate(prefix + Called(name.Value), out MailboxName? called, out _) ? called! : name;

    /// <summary>The pattern for real names that a pattern with the prefix stands for; null when it does not begin with the prefix.</summary>
    public string? RealPattern(string pattern) => Has(pattern) ? Real(pattern[prefix.Length..]) : null;

    /// <summary>Whether LIST tells of a mailbox under the prefix too; not when its name begins with the prefix by itself.</summary>
    public bool Tells(MailboxName name) => !name.IsInbox && !Has(name.Value);

    private bool Has(string text) => text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    private string Real(string rest)
    {
        if (Delimiter == MailboxName.Delimiter)
        {
            return rest;
        }

        var real = new StringBuilder(rest.Length);
        for (int i = 0; i < rest.Length; i++)
        {
            if (IsEscape(rest, i))
            {
                real.Append((char)byte.Parse(rest.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 2;
            }
            else
            {
                real.Append(rest[i] == Delimiter ? MailboxName.Delimiter : rest[i]);
            }
        }

        return real.ToString();
    }

    private string Called(string name)
    {
        if (Delimiter == MailboxName.Delimiter)
        {
            return name;
        }

        var called = new StringBuilder(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            called.Append(name[i] switch
            {
                MailboxName.Delimiter => Delimiter.ToString(),
                '.' => "\\2e",
                '\\' when IsEscape(name, i) => "\\5c",
                char other => other.ToString(),
            });
        }

        return called.ToString();
    }

    // Those two that are written; any other backslash is one.
    private static bool IsEscape(string text, int start) =>
        start + 2 < text.Length && text[start] == '\\' && text.AsSpan(start + 1, 2) is "2e" or "5c";
}
