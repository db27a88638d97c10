using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>The message files found in <c>new/</c> and <c>cur/</c>, each message once.</summary>
internal sealed class FoundMessages
{
    /// <summary>A program that renames by link and unlink is long done after this.</summary>
    private const long LinkedNanoseconds = 60L * 1_000_000_000;

    private readonly MailboxFiles _files;
    private readonly Dictionary<string, int> _places = new(BaseNameComparer.Instance);
    private readonly List<(string Name, bool IsInNew)> _doubles = [];
    private readonly List<(string Name, bool IsInNew)> _oddOnes = [];
    private bool _isSearchedTwice;
    private bool _isNewRenamed;
    private bool _isCurRenamed;

    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    private FoundMessages(MailboxFiles files)
    {
        _files = files;
        _lookup = _places.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The files' names.</summary>
    public List<string> Names { get; } = [];

    /// <summary>Whether each is in <c>new/</c>.</summary>
    public List<bool> IsInNew { get; } = [];

    /// <summary>Whether each message has one file, and each file a name that can be used.</summary>
    public bool IsInOrder => _doubles.Count == 0 && _oddOnes.Count == 0;

    /// <summary>Lists the mailbox.</summary>
    /// <remarks><c>new/</c> comes first: a message that another program moves to <c>cur/</c> meanwhile is seen at least once.</remarks>
    public static FoundMessages In(MailboxFiles files)
    {
        var found = new FoundMessages(files);
        found.Take(files.New, true, onlyMissing: false);
        found.Take(files.Cur, false, onlyMissing: false);
        return found;
    }

    /// <summary>The place of a message; -1 when it was not found.</summary>
    /// <param name="name">Any name of it, whatever its flags.</param>
    public int PlaceOf(string name) => _places.TryGetValue(name, out int place) ? place : -1;

    /// <inheritdoc cref="PlaceOf(string)" />
    public int PlaceOf(ReadOnlySpan<char> name) => _lookup.TryGetValue(name, out int place) ? place : -1;

    /// <summary>
    /// Lists the mailbox once more for messages that ought to be there: while another program renames a file, getdents64
    /// may show it under neither name, and a message must not be taken for expunged because of that.
    /// </summary>
    public void SearchAgain()
    {
        if (!_isSearchedTwice)
        {
            _isSearchedTwice = true;
            Take(_files.New, true, onlyMissing: true);
            Take(_files.Cur, false, onlyMissing: true);
        }
    }

    /// <summary>
    /// Puts an end to files that bear one base name: a second name of the same file is removed, another message is given a
    /// base name of its own, so that nothing is hidden. The caller holds the mailbox's lock.
    /// </summary>
    /// <returns>Whether there were any.</returns>
    public bool ResolveDoubles()
    {
        bool wereThere = _doubles.Count > 0;
        foreach ((string name, bool isInNew) in _doubles)
        {
            int place = PlaceOf(name);
            DirectoryHandle part = _files.Part(isInNew);
            bool isThere = IsThere(part, name, out FileStat stat);
            bool isFirstThere = IsThere(_files.Part(IsInNew[place]), Names[place], out FileStat first);
            if (isThere && !isFirstThere)
            {
                // It was renamed while the directory was read, and seen under both names.
                Names[place] = name;
                IsInNew[place] = isInNew;
            }
            else if (isThere && stat.Inode == first.Inode && stat.Device == first.Device)
            {
                // Delivered by link and unlink, and the unlink is missing: the file stays under the other name. Not while
                // it may still come, or the file would lose both its names; out of new/ the unlink is of the same name.
                if ((isInNew && !IsInNew[place]) || ((DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100) - stat.ChangedNanoseconds > LinkedNanoseconds)
                {
                    part.TryUnlink(name);
                }
            }
            else if (isThere)
            {
                string own = _files.Tree.Names.Next() + name[MessageName.Base(name).Length..];
                if (part.TryRenameNew(name, part, own) == Errno.None)
                {
                    Add(own, isInNew);
                    SyncLater(isInNew);
                }
            }
        }

        _doubles.Clear();
        Sync();
        return wereThere;
    }

    /// <summary>
    /// Gives names of our own to files whose names have a line end in them, which cannot be written to the UID list: otherwise
    /// nobody would see these messages. The caller holds the mailbox's lock.
    /// </summary>
    /// <returns>Whether there were any.</returns>
    public bool RenameOddOnes()
    {
        bool wereThere = _oddOnes.Count > 0;
        foreach ((string name, bool isInNew) in _oddOnes)
        {
            string own = _files.Tree.Names.Next();
            if (!isInNew)
            {
                own = MessageName.WithFlags(own, MessageName.Flags(name), MessageName.KeywordLetters(name));
            }

            DirectoryHandle part = _files.Part(isInNew);
            if (part.TryRenameNew(name, part, own) == Errno.None)
            {
                Add(own, isInNew);
                SyncLater(isInNew);
                _files.Options.Log?.Invoke($"A message whose file name has a line end in it is named {own} now");
            }
        }

        _oddOnes.Clear();
        Sync();
        return wereThere;
    }

    // A UID is told for the new name: without it on the disk, it might be another message's after a power failure.
    private void SyncLater(bool isInNew)
    {
        _isNewRenamed |= isInNew;
        _isCurRenamed |= !isInNew;
    }

    private void Sync()
    {
        if (_isNewRenamed)
        {
            _files.New.Sync();
        }

        if (_isCurRenamed)
        {
            _files.Cur.Sync();
        }

        _isNewRenamed = false;
        _isCurRenamed = false;
    }

    // What cannot be told must not be taken for gone: its UID would go to another message.
    private static bool IsThere(DirectoryHandle part, string name, out FileStat stat)
    {
        Errno error = part.TryStat(name, false, out stat);
        return error switch
        {
            Errno.None => true,
            Errno.ENOENT => false,
            _ => throw new UnixException("statx", "message", error),
        };
    }

    private void Take(DirectoryHandle directory, bool isInNew, bool onlyMissing)
    {
        foreach (DirectoryEntry entry in DirectoryReader.Read(directory))
        {
            if (!MessageName.IsPossible(entry.Name) || !IsFile(directory, entry))
            {
                if (!onlyMissing && MessageName.HasLineEnd(entry.Name) && IsFile(directory, entry))
                {
                    _oddOnes.Add((entry.Name, isInNew));
                }

                continue;
            }

            if (_places.TryGetValue(entry.Name, out int place))
            {
                if (!onlyMissing)
                {
                    _doubles.Add((Names[place], IsInNew[place]));
                    Names[place] = entry.Name;
                    IsInNew[place] = isInNew;
                }
            }
            else
            {
                Add(entry.Name, isInNew);
            }
        }
    }

    private void Add(string name, bool isInNew)
    {
        _places.Add(name, Names.Count);
        Names.Add(name);
        IsInNew.Add(isInNew);
    }

    // Most file systems tell the kind with the name; only where one does not, each has to be asked about.
    private static bool IsFile(DirectoryHandle directory, DirectoryEntry entry) => entry.Kind switch
    {
        FileKind.Regular => true,
        FileKind.Unknown => directory.TryStat(entry.Name, false, out FileStat stat) == Errno.None && stat.Kind == FileKind.Regular,
        _ => false,
    };
}
