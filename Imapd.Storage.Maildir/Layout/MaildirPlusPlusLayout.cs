using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>Maildir++: each mailbox is a directory in the root, whose name begins with a full stop (<see cref="DirectoryName"/>).</summary>
/// <remarks>
/// A listing is remembered while the root has not changed, and only as long as memory is not wanted for something else. Names
/// that are written in none of our ways are kept: to find out that there is none must not cost a listing each time.
/// </remarks>
/// <param name="root">The root, open.</param>
internal sealed class MaildirPlusPlusLayout(DirectoryHandle root) : TreeLayout(root)
{
    /// <summary>How old a change must be before the root's stamp shows every later one, also where clocks are another host's.</summary>
    private const long SettledNanoseconds = 3_000_000_000;

    private readonly WeakReference<MailboxListing?> _listing = new(null);
    private Dictionary<MailboxName, string> _odd = [];
    private FileStamp _stamp;

    /// <inheritdoc />
    /// <remarks>A directory without a leading full stop in the root is no mailbox to any program.</remarks>
    public override string Aside => string.Empty;

    /// <inheritdoc />
    public override char LevelSeparator => '.';

    /// <inheritdoc />
    public override bool MarksFolders => true;

    /// <inheritdoc />
    public override string EncodeLevel(string level, NameForm form) => DirectoryName.EncodeLevel(level, form);

    /// <inheritdoc />
    public override MailboxName? FromLevels(string[] encodedLevels) => DirectoryName.FromLevels(encodedLevels);

    /// <inheritdoc />
    public override string DirectoryOf(MailboxName name, NameForm form) =>
        DirectoryName.Of(name, form) is { Length: <= Octets.NameBuffer - 1 } directory
            ? directory
            : throw new StoreException(StoreError.Cannot, "The mailbox name is too long for the file system");

    /// <inheritdoc />
    public override string? UsualDirectoryOf(MailboxName name) => name.IsInbox ? string.Empty : DirectoryName.Of(name);

    /// <inheritdoc />
    public override string? Locate(MailboxName name)
    {
        if (name.IsInbox)
        {
            return string.Empty;
        }

        foreach (NameForm form in FormsOf(name))
        {
            string directory = DirectoryName.Of(name, form);
            if (IsDirectory(Root, directory))
            {
                return directory;
            }
        }

        if (!IsRemembered())
        {
            List();
        }

        return _odd.TryGetValue(name, out string? found) && IsDirectory(Root, found) ? found : null;
    }

    /// <inheritdoc />
    public override MailboxListing List()
    {
        if (IsRemembered() && _listing.TryGetTarget(out MailboxListing? known))
        {
            return known!;
        }

        FileStamp stamp = FileStamp.Of(Root.Stat());
        bool hasLinks = false;
        List<(string Directory, MailboxName Name, int Rank)> found = [];
        foreach (DirectoryEntry entry in DirectoryReader.Read(Root))
        {
            if (entry.Name[0] == '.' && IsDirectory(Root, entry) && DirectoryName.ToMailbox(entry.Name) is { } name)
            {
                found.Add((entry.Name, name, RankOf(entry.Name, name)));
                hasLinks |= entry.Kind == FileKind.Link;
            }
        }

        var directories = new Dictionary<MailboxName, string>(found.Count + 1) { [MailboxName.Inbox] = string.Empty };
        MailboxListing.AddDistinct(found, directories);
        _odd = directories.Where(static one => RankOf(one.Value, one.Key) == 0).ToDictionary();
        var listing = new MailboxListing(directories, [], FormOf(found));

        // Where a link leads to does not show in the root.
        _stamp = hasLinks || stamp.ChangedNanoseconds > Now() - SettledNanoseconds ? default : stamp;
        _listing.SetTarget(listing);
        return listing;
    }

    /// <inheritdoc />
    public override void PutInPlace(string temporary, string directory)
    {
        Errno error = Root.TryRenameNew(temporary, Root, directory);
        if (error is Errno.EEXIST or Errno.ENOTEMPTY)
        {
            throw new StoreException(StoreError.AlreadyExists, "There is such a mailbox already");
        }

        Ensure(error, directory);
        Root.Sync();
    }

    /// <inheritdoc />
    public override void TakeAside(string directory, string aside)
    {
        Ensure(Root.TryRenameNew(directory, Root, aside), directory);
        try
        {
            Root.Sync();
        }
        catch (UnixException)
        {
            // Nobody is told that it is gone, so it is not.
            Root.TryRenameNew(aside, Root, directory);
            throw;
        }
    }

    /// <inheritdoc />
    /// <remarks>
    /// Each directory is renamed by itself, those above first; each keeps its UIDVALIDITY, which no other mailbox of the tree
    /// has. Power fails in between: some have the new name, the others the old; every one is whole.
    /// </remarks>
    public override void Move(MailboxListing listing, MailboxName from, MailboxName to)
    {
        (string From, string To)[] moves =
            [.. listing.Under(from).Select(name => (listing.Directories[name], DirectoryOf(name.Rebase(from, to), listing.Form)))];
        for (int i = 0; i < moves.Length; i++)
        {
            Errno error = Root.TryRenameNew(moves[i].From, Root, moves[i].To);
            if (error != Errno.None)
            {
                for (int back = i - 1; back >= 0; back--)
                {
                    Root.TryRenameNew(moves[back].To, Root, moves[back].From);
                }

                throw new UnixException("renameat2", moves[i].To, error);
            }
        }

        Root.Sync();
    }

    private static int RankOf(string directory, MailboxName name) =>
        directory == DirectoryName.Of(name) ? 2 : directory == DirectoryName.Of(name, NameForm.Utf8) ? 1 : 0;

    private static long Now() => (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100;

    private bool IsRemembered() => _stamp != default && FileStamp.Of(Root.Stat()) == _stamp;
}
