using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Check;

/// <summary>Checks that a mailbox, or all mailboxes of a tree, say the same in all their files; and repairs what can be made anew.</summary>
/// <remarks>
/// Each mailbox is checked under its lock, when it has a lock file and that may be opened; without, what a session does
/// meanwhile may look like damage. Messages are never written to.
/// </remarks>
/// <param name="options">The root is what is checked: a tree, or one mailbox in it.</param>
public sealed class MailboxChecker(StoreOptions options)
{
    /// <summary>Checks, and repairs if it is asked for.</summary>
    /// <param name="repair">
    /// Whether to put right what can be: files that are derived from others are removed and made anew by a look at the mailbox,
    /// the UID list is salvaged, leftovers of crashes are removed.
    /// </param>
    /// <returns>A report on each mailbox, INBOX first, then by directory.</returns>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.NonExistent"/> when there is no mailbox; <see cref="StoreError.NoPermission"/> when it may not be
    /// read; <see cref="StoreError.InUse"/> when a lock cannot be had.
    /// </exception>
    public IReadOnlyList<MailboxReport> Check(bool repair)
    {
        try
        {
            (string root, string? only) = RootOf(Octets.FromText(options.Root).TrimEnd('/'), options.Layout);
            StoreOptions ofTree = options with { Root = Octets.ToText(root) ?? options.Root };
            using TreeRoot tree = TreeRoot.Open(ofTree);
            var same = new TreeCheck();
            List<KeyValuePair<MailboxName, string>> mailboxes =
            [
                .. tree.Layout.List().Directories
                    .Where(pair => only is null || pair.Value == only)
                    .OrderBy(static pair => pair.Value, StringComparer.Ordinal),
            ];
            return mailboxes is [var single]
                ? [Check(tree, single.Key, single.Value, same, repair)]
                : [.. mailboxes.Select(pair => CheckOneOfMany(tree, pair.Key, pair.Value, same, repair))];
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }

    // A mailbox of a Maildir++ tree is checked as part of it: its lock and its UIDVALIDITY are the tree's affair.
    private static (string Root, string? Only) RootOf(string path, MailboxLayout layout)
    {
        int slash = path.LastIndexOf('/');
        string name = path[(slash + 1)..];
        if (layout == MailboxLayout.MaildirPlusPlus && slash > 0 && DirectoryName.ToMailbox(name) is not null && IsMailbox(path[..slash]))
        {
            return (path[..slash], name);
        }

        return IsMailbox(path)
            ? (path, null)
            : throw new StoreException(StoreError.NonExistent, "There is no mailbox: a directory with new, cur and tmp is wanted");
    }

    private static bool IsMailbox(string path)
    {
        Errno error = DirectoryHandle.TryOpen(path, out DirectoryHandle? directory);
        if (error != Errno.None)
        {
            throw new UnixException("open", path, error);
        }

        using (directory)
        {
            return Array.Exists(["new", "cur", "tmp"], part => directory!.TryStat(part, false, out _) == Errno.None);
        }
    }

    private static MailboxReport CheckOneOfMany(TreeRoot tree, MailboxName name, string directoryName, TreeCheck same, bool repair)
    {
        try
        {
            return Check(tree, name, directoryName, same, repair);
        }
        catch (Exception error) when (error is UnixException or StoreException)
        {
            // One mailbox that cannot be read says nothing of the others.
            var findings = new FindingList(directoryName);
            string why = error is UnixException failed ? failed.Errno.ToString() : error.Message;
            findings.Damage(string.Empty, $"it cannot be checked ({why})");
            return new MailboxReport(Shown(directoryName), 0, 0, 0, findings.Result());
        }
    }

    private static MailboxReport Check(TreeRoot tree, MailboxName name, string directoryName, TreeCheck same, bool repair)
    {
        var findings = new FindingList(directoryName);
        using DirectoryHandle directory = tree.OpenMailbox(directoryName);
        using var mailbox = new CheckedMailbox(directory, findings);
        using (repair
            ? MailboxLock.Take(directory, MailboxLock.FileName, tree.Options)
            : MailboxLock.TakeIfThere(directory, MailboxLock.FileName, tree.Options))
        {
            Find(tree, mailbox, directoryName, same);
            if (repair)
            {
                bool isLookFirst = findings.WantsLook;
                findings.Repair(remedy => remedy.IsFirst || !isLookFirst);
            }
        }

        return repair && findings.WantsLook
            ? RepairByLook(tree, name, directoryName, same, findings)
            : Report(mailbox, directoryName, findings.Result());
    }

    /// <summary>Lets the store put right what it can, as for a session, and only then drops what it cannot use.</summary>
    /// <remarks>What the UID list has lost may be in the index alone: nothing is dropped before the store has used it.</remarks>
    private static MailboxReport RepairByLook(TreeRoot tree, MailboxName name, string directoryName, TreeCheck same, FindingList before)
    {
        bool mayDrop = TryLook(tree.Options, name) is null or StoreError.Corruption;
        var findings = new FindingList(directoryName);
        using DirectoryHandle directory = tree.OpenMailbox(directoryName);
        using var mailbox = new CheckedMailbox(directory, findings);
        using (MailboxLock.Take(directory, MailboxLock.FileName, tree.Options))
        {
            Find(tree, mailbox, directoryName, same);
            findings.Repair(remedy => mayDrop || !remedy.NeedsLook);
        }

        if (findings.NeedsLook && TryLook(tree.Options, name) is not null)
        {
            findings.LookFailed();
        }

        return Report(mailbox, directoryName, findings.ResultAfter(before));
    }

    private static void Find(TreeRoot tree, CheckedMailbox mailbox, string directoryName, TreeCheck same)
    {
        PartsCheck.Run(mailbox);
        UidListCheck.Run(mailbox);
        KeywordCheck.Run(mailbox);
        IndexCheck.Run(mailbox);
        CacheCheck.Run(mailbox);
        LeftoverCheck.Run(mailbox, tree.Options);
        same.Add(mailbox, directoryName);
        if (directoryName.Length == 0)
        {
            TreeCheck.Run(mailbox, tree.Layout);
        }
    }

    private static MailboxReport Report(CheckedMailbox mailbox, string directoryName, List<Finding> findings) => new(
        Shown(directoryName),
        mailbox.Files.Count,
        CountWithoutUid(mailbox),
        mailbox.List?.Lines.Count(line => !mailbox.Files.ContainsKey(line.Name)) ?? 0,
        findings);

    private static string Shown(string directoryName) =>
        directoryName.Length == 0 ? "." : FindingList.Printable(directoryName);

    private static int CountWithoutUid(CheckedMailbox mailbox)
    {
        var files = new HashSet<string>(mailbox.Files.Keys, BaseNameComparer.Instance);
        files.ExceptWith(mailbox.List?.Lines.Select(static line => line.Name) ?? []);
        return files.Count;
    }

    // What the store does by itself when a session comes next, and asks for sizes; new mail stays new.
    private static StoreError? TryLook(StoreOptions options, MailboxName name)
    {
        try
        {
            using MailStore store = MailStore.Open(options);
            using Mailbox mailbox = store.Select(name, readOnly: true);
            mailbox.ConfirmSizes();
            return null;
        }
        catch (StoreException error)
        {
            return error.Error;
        }
    }
}
