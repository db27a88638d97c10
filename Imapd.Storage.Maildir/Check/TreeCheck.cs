using System.Text;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Check;

/// <summary>Checks what the root of a tree has beside INBOX's files: the subscriptions, and that no two mailboxes are one.</summary>
internal sealed class TreeCheck
{
    private readonly Dictionary<string, string> _byId = [];

    /// <summary>Checks the subscriptions.</summary>
    public static void Run(CheckedMailbox root, TreeLayout layout)
    {
        try
        {
            byte[]? text = SmallFile.Read(root.Directory, SubscriptionFile.FileName, SubscriptionFile.MaxOctets);
            int odd = SubscriptionFile.Parse(layout, text is null ? null : Encoding.Latin1.GetString(text)).OddLines.Count();
            if (odd > 0)
            {
                root.Findings.Note(SubscriptionFile.FileName, $"{odd} lines name no mailbox that there could be; they are kept");
            }
        }
        catch (UnixException error)
        {
            root.Findings.Damage(SubscriptionFile.FileName, $"it cannot be read ({error.Errno})");
        }
        catch (StoreException error)
        {
            root.Findings.Damage(SubscriptionFile.FileName, error.Message);
        }
    }

    /// <summary>Takes note of a mailbox.</summary>
    public void Add(CheckedMailbox mailbox, string path)
    {
        if (mailbox.List?.MailboxId is not { } id)
        {
            return;
        }

        string own = path.Length == 0 ? "." : path;
        if (!_byId.TryGetValue(id, out string? other))
        {
            _byId.Add(id, own);
        }
        else if (other != own)
        {
            mailbox.Findings.Note(
                UidListFile.FileName, $"it has the identity of {FindingList.Printable(other)}: one is a copy of the other, and clients may take them for one");
        }
    }
}
