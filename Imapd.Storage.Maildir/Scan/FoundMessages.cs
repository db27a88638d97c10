using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>The message files found in <c>new/</c> and <c>cur/</c>, each message once.</summary>
internal sealed class FoundMessages
{
    private readonly MailboxFiles _files;
    private readonly IReadOnlySet<string>? _apart;
    private readonly Dictionary<string, int> _places = new(BaseNameComparer.Instance);
    private bool _isSearchedTwice;

    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    private FoundMessages(MailboxFiles files, IReadOnlySet<string>? apart)
    {
        _files = files;
        _apart = apart;
        _lookup = _places.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The files' names.</summary>
    public List<string> Names { get; } = [];

    /// <summary>Whether each is in <c>new/</c>.</summary>
    public List<bool> IsInNew { get; } = [];

    /// <summary>Whether each message has one file, and each file a name that can be used.</summary>
    public bool IsInOrder { get; private set; } = true;

    /// <summary>Lists the mailbox.</summary>
    /// <remarks><c>new/</c> comes first: a message that another program moves to <c>cur/</c> meanwhile is seen at least once.</remarks>
    /// <param name="files">The mailbox.</param>
    /// <param name="apart">Base names that are not looked at.</param>
    public static FoundMessages In(MailboxFiles files, IReadOnlySet<string>? apart = null)
    {
        var found = new FoundMessages(files, apart);
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

    private void Take(DirectoryHandle directory, bool isInNew, bool onlyMissing)
    {
        foreach (DirectoryEntry entry in DirectoryReader.Read(directory))
        {
            if (_apart is not null && _apart.Contains(entry.Name))
            {
                continue;
            }

            if (!MessageName.IsPossible(entry.Name) || !IsFile(directory, entry))
            {
                IsInOrder &= onlyMissing || !MessageName.HasLineEnd(entry.Name) || !IsFile(directory, entry);
                continue;
            }

            if (_places.TryGetValue(entry.Name, out int place))
            {
                if (!onlyMissing)
                {
                    IsInOrder = false;
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
