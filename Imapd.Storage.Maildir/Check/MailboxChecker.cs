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
            (string root, string? only) = RootOf(Octets.FromText(options.Root).TrimEnd('/'));
            StoreOptions ofTree = options with { Root = Octets.ToText(root) ?? options.Root };
            using TreeRoot tree = TreeRoot.Open(ofTree);
            var same = new TreeCheck();
            return
            [
                .. tree.Layout.List().Directories
                    .Where(pair => only is null || pair.Value == only)
                    .OrderBy(static pair => pair.Value, StringComparer.Ordinal)
                    .Select(pair => Check(tree, pair.Key, pair.Value, only is null ? pair.Value : string.Empty, same, repair)),
            ];
        }
        catch (UnixException error)
        {
            throw error.ToStoreException();
        }
    }

    // A mailbox of a Maildir++ tree is checked as part of it: its lock and its UIDVALIDITY are the tree's affair.
    private static (string Root, string? Only) RootOf(string path)
    {
        int slash = path.LastIndexOf('/');
        string name = path[(slash + 1)..];
        if (slash > 0 && DirectoryName.ToMailbox(name) is not null && IsMailbox(path[..slash]))
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

    private static MailboxReport Check(TreeRoot tree, MailboxName name, string directoryName, string shown, TreeCheck same, bool repair)
    {
        var findings = new FindingList(shown);
        using DirectoryHandle directory = tree.OpenMailbox(directoryName);
        using var mailbox = new CheckedMailbox(directory, findings);
        using (repair
            ? MailboxLock.Take(directory, MailboxLock.FileName, tree.Options)
            : MailboxLock.TakeIfThere(directory, MailboxLock.FileName, tree.Options))
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

            if (repair)
            {
                findings.Repair();
            }
        }

        if (findings.NeedsLook)
        {
            Look(tree.Options, name, findings);
        }

        return new MailboxReport(
            shown.Length == 0 ? "." : FindingList.Printable(shown),
            mailbox.Files.Count,
            CountWithoutUid(mailbox),
            mailbox.List?.Lines.Count(line => !mailbox.Files.ContainsKey(line.Name)) ?? 0,
            findings.Result());
    }

    private static int CountWithoutUid(CheckedMailbox mailbox)
    {
        var files = new HashSet<string>(mailbox.Files.Keys, BaseNameComparer.Instance);
        files.ExceptWith(mailbox.List?.Lines.Select(static line => line.Name) ?? []);
        return files.Count;
    }

    // What the store does by itself when a session comes next.
    private static void Look(StoreOptions options, MailboxName name, FindingList findings)
    {
        try
        {
            using MailStore store = MailStore.Open(options);
            _ = store.Status(name, countOctets: false);
        }
        catch (StoreException)
        {
            findings.LookFailed();
        }
    }
}
