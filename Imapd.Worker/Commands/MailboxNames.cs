using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Commands;

/// <summary>The names a LIST chooses from: mailboxes, subscriptions to what is none, and the names above them.</summary>
internal sealed class MailboxNames
{
    private readonly Dictionary<MailboxName, MailboxEntry> _entries = [];

    /// <summary>Puts them together.</summary>
    /// <param name="entries">As the store lists them.</param>
    /// <param name="subscriptions">Names to be among them even when no mailbox has them.</param>
    public MailboxNames(IReadOnlyList<MailboxEntry> entries, IReadOnlyList<MailboxName> subscriptions)
    {
        foreach (MailboxEntry entry in entries)
        {
            _entries.Add(entry.Name, entry);
        }

        foreach (MailboxName name in subscriptions)
        {
            AddWithoutMailbox(name, hasChildren: false);
        }
    }

    /// <summary>All of them, INBOX first, then in the order of their names.</summary>
    public IEnumerable<MailboxEntry> Sorted =>
        _entries.Values
            .OrderBy(static entry => !entry.Name.IsInbox)
            .ThenBy(static entry => entry.Name.Value, StringComparer.Ordinal);

    /// <summary>The names above those for which something holds.</summary>
    public HashSet<MailboxName> Above(Func<MailboxEntry, bool> holds)
    {
        var above = new HashSet<MailboxName>();
        foreach (MailboxEntry entry in _entries.Values)
        {
            if (holds(entry))
            {
                for (MailboxName? name = entry.Name.Parent; name is not null && above.Add(name); name = name.Parent)
                {
                }
            }
        }

        return above;
    }

    private void AddWithoutMailbox(MailboxName name, bool hasChildren)
    {
        // \HasChildren speaks of mailboxes (RFC 9051 §6.3.9.5): a subscription below a name does not give it a child.
        if (_entries.TryAdd(name, new MailboxEntry(name, Exists: false, hasChildren, SpecialUse.None))
            && name.Parent is MailboxName parent)
        {
            AddWithoutMailbox(parent, hasChildren: false);
        }
    }
}
