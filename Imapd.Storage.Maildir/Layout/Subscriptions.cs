using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Courier;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>The names a user has subscribed to, in the root's file (<see cref="SubscriptionFile"/>).</summary>
/// <remarks>
/// Where Courier has its own file, the one that was changed last counts, and a change is written to both: Courier's first, so
/// that ours is the newer one.
/// </remarks>
/// <param name="tree">The tree.</param>
internal sealed class Subscriptions(TreeRoot tree)
{
    /// <summary>The names, INBOX first, then in their order.</summary>
    public IReadOnlyList<MailboxName> List() =>
    [
        .. Read(out _).Names.OrderBy(static name => name.IsInbox ? 0 : 1).ThenBy(static name => name.Value, StringComparer.Ordinal)
    ];

    /// <summary>Changes the file under the lock of the names. Durable on return.</summary>
    /// <remarks>Power fails between the two files: Courier's is newer, and is what counts.</remarks>
    /// <param name="change">Changes what was read; false when there is nothing to be written.</param>
    public void Change(Func<SubscriptionFile, bool> change)
    {
        using MailboxLock held = tree.LockNames();
        NameForm form = tree.Layout.List().Form;
        SubscriptionFile file = Read(out string? courier, form);
        if (!change(file))
        {
            return;
        }

        if (courier is not null)
        {
            SmallFile.Replace(tree.Directory, CourierSubscriptions.FileName, CourierSubscriptions.With(courier, file.Names, form));
        }

        SmallFile.Replace(tree.Directory, SubscriptionFile.FileName, file.ToText());
    }

    /// <param name="courier">The text of Courier's file; null when there is none.</param>
    /// <param name="form">In which form names are added.</param>
    private SubscriptionFile Read(out string? courier, NameForm form = NameForm.ModifiedUtf7)
    {
        FileStat courierStat = default;
        courier = tree.Layout is MaildirPlusPlusLayout ? Text(CourierSubscriptions.FileName, out courierStat) : null;
        string? ours = Text(SubscriptionFile.FileName, out FileStat stat);
        SubscriptionFile file = SubscriptionFile.Parse(tree.Layout, ours);
        file.Form = form;
        if (courier is not null && (ours is null || courierStat.ModifiedNanoseconds > stat.ModifiedNanoseconds))
        {
            file.Become([.. CourierSubscriptions.Names(courier)]);
        }

        return file;
    }

    private string? Text(string name, out FileStat stat)
    {
        tree.Directory.TryStat(name, false, out stat);
        return SmallFile.Read(tree.Directory, name, SubscriptionFile.MaxOctets) is { } text ? Encoding.Latin1.GetString(text) : null;
    }
}
