using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>The names a user has subscribed to, in the root's file (<see cref="SubscriptionFile"/>).</summary>
/// <param name="tree">The tree.</param>
internal sealed class Subscriptions(TreeRoot tree)
{
    private const long MaxOctets = 16 << 20;

    /// <summary>The names, INBOX first, then in their order.</summary>
    public IReadOnlyList<MailboxName> List() =>
    [
        .. Read().Names.OrderBy(static name => name.IsInbox ? 0 : 1).ThenBy(static name => name.Value, StringComparer.Ordinal)
    ];

    /// <summary>Changes the file under the lock of the names. Durable on return.</summary>
    /// <param name="change">Changes what was read; false when there is nothing to be written.</param>
    public void Change(Func<SubscriptionFile, bool> change)
    {
        using MailboxLock held = tree.LockNames();
        SubscriptionFile file = Read();
        if (change(file))
        {
            SmallFile.Replace(tree.Directory, SubscriptionFile.FileName, file.ToText());
        }
    }

    private SubscriptionFile Read()
    {
        byte[]? text = SmallFile.Read(tree.Directory, SubscriptionFile.FileName, MaxOctets);
        return SubscriptionFile.Parse(text is null ? null : Encoding.Latin1.GetString(text));
    }
}
