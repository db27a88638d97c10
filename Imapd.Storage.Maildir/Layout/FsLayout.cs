using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>
/// Dovecot's <c>LAYOUT=fs</c>: mailbox <c>a/b</c> is the directory <c>a/b</c> in the root, a mailbox when it has a <c>cur</c>; INBOX is
/// the root itself, and what is below INBOX is in the directory <c>INBOX</c>.
/// </summary>
/// <remarks>
/// A name cannot be one that a Maildir needs for itself (<see cref="IsReserved"/>), and cannot begin with a full stop: such a
/// directory is shown only when it is a mailbox already. What is being made or thrown away is in the root's <c>tmp</c>, where no
/// program looks for mailboxes.
/// </remarks>
/// <param name="root">The root, open.</param>
internal sealed class FsLayout(DirectoryHandle root) : TreeLayout(root)
{
    /// <summary>More than anyone has; what lies beyond is not looked for.</summary>
    private const int MaxDirectories = 100_000;

    /// <inheritdoc />
    public override string Aside => "tmp/";

    /// <inheritdoc />
    public override char LevelSeparator => '/';

    /// <inheritdoc />
    public override bool MarksFolders => false;

    /// <summary>Whether a directory in a mailbox is part of it, and not a level of the hierarchy.</summary>
    public static bool IsReserved(string directory) =>
        directory is "cur" or "new" or "tmp" or "subscriptions" or "maildirfolder" or "maildirsize"
        || directory.StartsWith("dovecot", StringComparison.Ordinal)
        || directory.StartsWith("courierimap", StringComparison.Ordinal)
        || directory.StartsWith("imapd.", StringComparison.Ordinal)
        || directory.StartsWith(".imapd.", StringComparison.Ordinal);

    /// <inheritdoc />
    public override string EncodeLevel(string level, NameForm form) => LevelText.Encode(level, form);

    /// <inheritdoc />
    public override MailboxName? FromLevels(string[] encodedLevels) =>
        !encodedLevels.Contains(string.Empty) && encodedLevels.Select(LevelText.Decode).ToArray() is var levels && !levels.Contains(null)
        && MailboxName.TryCreate(string.Join(MailboxName.Delimiter, levels), out MailboxName? name, out _)
            ? name
            : null;

    /// <inheritdoc />
    public override string DirectoryOf(MailboxName name, NameForm form)
    {
        string[] levels = [.. name.Value.Split(MailboxName.Delimiter).Select(level => EncodeLevel(level, form))];
        if (levels.Any(static level => level[0] == '.' || IsReserved(level)))
        {
            throw new StoreException(StoreError.Cannot, "A mailbox cannot have this name: the directories of the mail need it");
        }

        return levels.Any(static level => level.Length > Octets.NameBuffer - 1)
            ? throw new StoreException(StoreError.Cannot, "The mailbox name is too long for the file system")
            : string.Join('/', levels);
    }

    /// <inheritdoc />
    public override string? UsualDirectoryOf(MailboxName name) => name.IsInbox ? string.Empty : PlaceOf(name, NameForm.ModifiedUtf7);

    /// <inheritdoc />
    public override string? Locate(MailboxName name)
    {
        if (name.IsInbox)
        {
            return string.Empty;
        }

        foreach (NameForm form in FormsOf(name))
        {
            if (PlaceOf(name, form) is { } directory && IsDirectory(Root, directory + "/cur"))
            {
                return directory;
            }
        }

        return FsWalk.Find(Root, name);
    }

    /// <inheritdoc />
    public override MailboxListing List()
    {
        var walk = new FsWalk(MaxDirectories);
        walk.Take(Root);
        return new MailboxListing(walk.Directories, walk.Bare, FormOf(walk.Found));
    }

    /// <inheritdoc />
    /// <remarks>
    /// Power fails after step
    ///   1: levels of the hierarchy without mailboxes;
    ///   2: the same, or the mailbox;
    ///   3: where there was a level already: files of a mailbox in it, which is none without <c>cur</c>;
    ///   4: perhaps the mailbox;
    ///   5: the mailbox.
    /// </remarks>
    public override void PutInPlace(string temporary, string directory)
    {
        MakeParents(directory); // 1
        Errno error = Root.TryRenameNew(temporary, Root, directory); // 2
        if (error is Errno.EEXIST or Errno.ENOTEMPTY)
        {
            using DirectoryHandle level = Root.OpenDirectory(directory, true);
            MoveParts(temporary, level); // 3 and 4
            Root.TryRemoveDirectory(temporary);
        }
        else
        {
            Ensure(error, directory);
        }

        SyncUp(directory); // 5
    }

    /// <inheritdoc />
    /// <remarks>
    /// A mailbox with others below it loses what makes it one, <c>cur</c> first. Power fails after step
    ///   1: a directory in the root's <c>tmp</c>, or the mailbox in it;
    ///   2: perhaps the mailbox without <c>cur</c>, which is none; CREATE of the same name removes what is left of it;
    ///   3: the same for certain;
    ///   4: only what is below it.
    /// </remarks>
    public override void TakeAside(string directory, string aside)
    {
        if (!HasLevels(directory))
        {
            Ensure(Root.TryRenameNew(directory, Root, aside), directory); // 1
            SyncOrUndo(directory, aside);
            RemoveEmptyParents(directory);
            return;
        }

        Ensure(Root.TryMakeDirectory(aside), aside); // 1
        using DirectoryHandle level = Root.OpenDirectory(directory, true);
        using DirectoryHandle away = Root.OpenDirectory(aside, false);
        Ensure(level.TryRename("cur", away, "cur"), directory); // 2
        away.Sync();
        level.Sync(); // 3
        foreach (DirectoryEntry entry in DirectoryReader.Read(level))
        {
            if (entry.Kind != FileKind.Directory || IsReserved(entry.Name))
            {
                level.TryRename(entry.Name, away, entry.Name); // 4
            }
        }
    }

    /// <inheritdoc />
    /// <remarks>What is below a mailbox is in its directory and goes with it: one rename, done or not done.</remarks>
    public override void Move(MailboxListing listing, MailboxName from, MailboxName to)
    {
        string target = DirectoryOf(to, listing.Form);
        string source = listing.Directories.TryGetValue(from, out string? own) ? own : LevelOf(listing, from);
        MakeParents(target);

        // A level without anything below it may be in the way.
        Root.TryRemoveDirectory(target);
        Errno error = Root.TryRenameNew(source, Root, target);
        if (error is Errno.EEXIST or Errno.ENOTEMPTY)
        {
            throw new StoreException(StoreError.AlreadyExists, "There are mailboxes below that name already");
        }

        Ensure(error, target);
        SyncUp(target);
        SyncUp(source);
        RemoveEmptyParents(source);
    }

    private string? PlaceOf(MailboxName name, NameForm form)
    {
        string[] levels = [.. name.Value.Split(MailboxName.Delimiter).Select(level => EncodeLevel(level, form))];
        return Array.Exists(levels, IsReserved) ? null : string.Join('/', levels);
    }

    private static string ParentOf(string directory) =>
        directory.LastIndexOf('/') is >= 0 and var end ? directory[..end] : string.Empty;

    // The directory of a name that is only above others: so many levels of one of theirs.
    private static string LevelOf(MailboxListing listing, MailboxName name)
    {
        string below = listing.Directories.First(other => other.Key.IsBelow(name)).Value;
        int levels = name.Value.Count(static c => c == MailboxName.Delimiter) + 1;
        return string.Join('/', below.Split('/').Take(levels));
    }

    private bool HasLevels(string directory)
    {
        using DirectoryHandle level = Root.OpenDirectory(directory, true);
        return DirectoryReader.Read(level).Exists(entry => IsDirectory(level, entry) && !IsReserved(entry.Name));
    }

    private void MakeParents(string directory)
    {
        for (int end = directory.IndexOf('/'); end >= 0; end = directory.IndexOf('/', end + 1))
        {
            Errno error = Root.TryMakeDirectory(directory[..end]);
            if (error != Errno.EEXIST)
            {
                Ensure(error, directory[..end]);
                SyncUp(directory[..end]);
            }
        }
    }

    private void MoveParts(string temporary, DirectoryHandle level)
    {
        if (level.TryStat("cur", true, out _) == Errno.None)
        {
            throw new StoreException(StoreError.AlreadyExists, "There is such a mailbox already");
        }

        using DirectoryHandle parts = Root.OpenDirectory(temporary, false);
        foreach (DirectoryEntry entry in DirectoryReader.Read(level).Where(static entry => IsReserved(entry.Name)))
        {
            Ensure(Change.DirectoryRemover.Remove(level, entry.Name), entry.Name);
        }

        foreach (DirectoryEntry entry in DirectoryReader.Read(parts).OrderBy(static entry => entry.Name == "cur"))
        {
            level.Sync();
            Ensure(parts.TryRenameNew(entry.Name, level, entry.Name), entry.Name);
        }

        level.Sync();
    }

    private void RemoveEmptyParents(string directory)
    {
        for (string parent = ParentOf(directory); parent.Length > 0 && Root.TryRemoveDirectory(parent) == Errno.None; parent = ParentOf(parent))
        {
        }
    }

    private void SyncUp(string directory)
    {
        string parent = ParentOf(directory);
        if (parent.Length == 0)
        {
            Root.Sync();
            return;
        }

        using DirectoryHandle handle = Root.OpenDirectory(parent, true);
        handle.Sync();
    }

    private void SyncOrUndo(string directory, string aside)
    {
        try
        {
            SyncUp(directory);
            SyncUp(aside);
        }
        catch (UnixException)
        {
            // Nobody is told that it is gone, so it is not.
            Root.TryRenameNew(aside, Root, directory);
            throw;
        }
    }
}
