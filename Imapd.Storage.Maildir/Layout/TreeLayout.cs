using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>Where in a tree mailboxes are. Directories are named by their path from the root, octets; INBOX is the root, and its path is empty.</summary>
/// <param name="root">The root, open.</param>
internal abstract class TreeLayout(DirectoryHandle root)
{
    /// <summary>The root.</summary>
    protected DirectoryHandle Root { get; } = root;

    /// <summary>What stands before the name of a directory that is no mailbox yet, or no more.</summary>
    public abstract string Aside { get; }

    /// <summary>What is between levels in version 1 of the subscriptions.</summary>
    public abstract char LevelSeparator { get; }

    /// <summary>Whether an empty file <c>maildirfolder</c> tells delivery agents that a mailbox is no tree of its own.</summary>
    public abstract bool MarksFolders { get; }

    /// <summary>One level as it is written on disk.</summary>
    public abstract string EncodeLevel(string level, NameForm form);

    /// <summary>The mailbox that levels mean as they are written on disk, or null.</summary>
    public abstract MailboxName? FromLevels(string[] encodedLevels);

    /// <summary>Where a mailbox of that name is made.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Cannot"/>: no mailbox can have that name here.</exception>
    public abstract string DirectoryOf(MailboxName name, NameForm form);

    /// <summary>Where a mailbox is in most cases, without looking; null when it can only be somewhere else.</summary>
    public abstract string? UsualDirectoryOf(MailboxName name);

    /// <summary>Where an existing mailbox is; null when there is none. Two stats, unless another program wrote its name.</summary>
    public abstract string? Locate(MailboxName name);

    /// <summary>All mailboxes.</summary>
    public abstract MailboxListing List();

    /// <summary>Gives a mailbox that was made aside its place. The caller holds the lock of the names. Durable on return.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.AlreadyExists"/>.</exception>
    public abstract void PutInPlace(string temporary, string directory);

    /// <summary>
    /// Makes a directory that is no mailbox of one that is; what is below it stays. The caller holds the locks of the names and of
    /// the mailbox. When this returns, it is no mailbox after a power failure either; on failure it is one still.
    /// </summary>
    public abstract void TakeAside(string directory, string aside);

    /// <summary>Renames a mailbox and all below it, to names that none has. The caller holds the lock of the names. Durable on return.</summary>
    public abstract void Move(MailboxListing listing, MailboxName from, MailboxName to);

    /// <summary>Whether an entry is a directory, or a link to one as Courier makes for shared mailboxes.</summary>
    protected static bool IsDirectory(DirectoryHandle parent, DirectoryEntry entry) => entry.Kind switch
    {
        FileKind.Directory => true,
        FileKind.Link or FileKind.Unknown =>
            parent.TryStat(entry.Name, true, out FileStat stat) == Errno.None && stat.Kind == FileKind.Directory,
        _ => false,
    };

    /// <summary>Whether a path leads to a directory.</summary>
    /// <exception cref="UnixException">It cannot be told, for example because the root may not be searched.</exception>
    protected static bool IsDirectory(DirectoryHandle parent, string path)
    {
        Errno error = parent.TryStat(path, true, out FileStat stat);
        return error switch
        {
            Errno.None => stat.Kind == FileKind.Directory,
            Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.ENAMETOOLONG => false,
            _ => throw new UnixException("statx", path, error),
        };
    }

    /// <summary>Throws unless a rename succeeded.</summary>
    protected static void Ensure(Errno error, string subject)
    {
        if (error != Errno.None)
        {
            throw new UnixException("renameat2", subject, error);
        }
    }

    /// <summary>Both ways in which we may have written a name, the usual one first.</summary>
    protected static ReadOnlySpan<NameForm> FormsOf(MailboxName name) =>
        HasForms(name) ? [NameForm.ModifiedUtf7, NameForm.Utf8] : [NameForm.ModifiedUtf7];

    /// <summary>The form for new names: UTF-8 when some of those found are in it, and none is in modified UTF-7.</summary>
    /// <param name="found">Names, with 2 for modified UTF-7 and 1 for UTF-8.</param>
    protected static NameForm FormOf(IEnumerable<(string Directory, MailboxName Name, int Rank)> found)
    {
        NameForm form = NameForm.ModifiedUtf7;
        foreach ((_, MailboxName name, int rank) in found)
        {
            if (rank == 2 && HasForms(name))
            {
                return NameForm.ModifiedUtf7;
            }

            form = rank == 1 ? NameForm.Utf8 : form;
        }

        return form;
    }

    private static bool HasForms(MailboxName name) =>
        !System.Text.Ascii.IsValid(name.Value) || name.Value.Contains('&', StringComparison.Ordinal);
}
