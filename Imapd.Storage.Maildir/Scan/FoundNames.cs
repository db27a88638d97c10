using System.Text;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>A message file found by a listing.</summary>
internal struct FoundName
{
    /// <summary>Where its name begins.</summary>
    public long NameAt;

    /// <summary>Its size on the wire as the UID list has it; -1 when it does not.</summary>
    public long ListedOctets;

    /// <summary>Its UID; 0 without one.</summary>
    public uint Uid;

    /// <summary>The next one in the same slot, plus one.</summary>
    public int Next;

    /// <summary>The hash of its base name.</summary>
    public int Hash;

    /// <summary>The length of its name.</summary>
    public ushort NameOctets;

    /// <summary>The length of the part that says which message it is.</summary>
    public ushort BaseOctets;

    /// <summary>Whether it is in <c>new/</c>.</summary>
    public bool IsInNew;

    /// <summary>Whether this session has moved it to <c>cur/</c>.</summary>
    public bool IsMoved;

    /// <summary>Whether its name has got <c>:2,</c> at its end.</summary>
    public bool HasInfoAdded;
}

/// <summary>The files of a mailbox, as octets in a few large blocks that are given back at once: some 120 octets each.</summary>
/// <param name="files">The mailbox.</param>
internal sealed class FoundNames(MailboxFiles files) : IDisposable
{
    private const int FirstSlots = 1024;

    private readonly NativeList<byte> _names = new();
    private readonly NativeList<FoundName> _found = new();
    private readonly NativeList<int> _slots = new();
    private readonly List<(string Name, bool IsInNew)> _doubles = [];
    private readonly List<(string Name, bool IsInNew)> _withLineEnds = [];

    /// <summary>How many there are.</summary>
    public int Count => (int)_found.Count;

    /// <summary>Files that bear the base name of another one, which stands for both here.</summary>
    public IReadOnlyList<(string Name, bool IsInNew)> Doubles => _doubles;

    /// <summary>Files that would be messages but for a line end in their names.</summary>
    public IReadOnlyList<(string Name, bool IsInNew)> WithLineEnds => _withLineEnds;

    /// <summary>Whether each message has one file, and each file a name that can be used.</summary>
    public bool IsInOrder => _doubles.Count + _withLineEnds.Count == 0;

    /// <summary>One of them; valid until more are listed.</summary>
    public ref FoundName this[int place] => ref _found[place];

    /// <summary>Lists the mailbox: <c>new/</c> first, so that what is moved to <c>cur/</c> meanwhile is seen at least once.</summary>
    public void List()
    {
        Take(files.New, true, false);
        Take(files.Cur, false, false);
    }

    /// <summary>Lists it once more: while another program renames a file, getdents64 may show it under neither name.</summary>
    public void ListMissing()
    {
        Take(files.New, true, true);
        Take(files.Cur, false, true);
    }

    /// <summary>Forgets all of it, to list once more.</summary>
    public void Forget()
    {
        _names.Reset(0);
        _found.Reset(0);
        _slots.Reset(0);
        _doubles.Clear();
        _withLineEnds.Clear();
    }

    /// <summary>The place of a message; -1 when it was not found.</summary>
    /// <param name="name">Any name of it, whatever its flags.</param>
    public int PlaceOf(ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> basePart = NameOrder.Base(name);
        return _slots.Count == 0 ? -1 : Find(basePart, Hash(basePart));
    }

    /// <summary>The name as it was found.</summary>
    public ReadOnlySpan<byte> NameOf(in FoundName found) => _names.Slice(found.NameAt, found.NameOctets);

    /// <inheritdoc />
    public void Dispose()
    {
        _names.Dispose();
        _found.Dispose();
        _slots.Dispose();
    }

    private void Take(DirectoryHandle directory, bool isInNew, bool onlyMissing) => DirectoryReader.ReadEach(directory, (name, kind) =>
    {
        if (name.IsEmpty || name[0] is (byte)'.' or (byte)':' || !IsFile(directory, name, kind))
        {
            return;
        }

        if (name.IndexOfAny((byte)'\n', (byte)'\r') >= 0)
        {
            if (!onlyMissing)
            {
                _withLineEnds.Add((Encoding.Latin1.GetString(name), isInNew));
            }

            return;
        }

        ReadOnlySpan<byte> basePart = NameOrder.Base(name);
        int hash = Hash(basePart);
        if (_slots.Count > 0 && Find(basePart, hash) is >= 0 and var place)
        {
            if (!onlyMissing)
            {
                ref FoundName other = ref _found[place];
                _doubles.Add((Encoding.Latin1.GetString(NameOf(other)), other.IsInNew));
                other.NameAt = _names.Count;
                other.NameOctets = (ushort)name.Length;
                other.IsInNew = isInNew;
                _names.Add(name);
            }

            return;
        }

        Add(new FoundName
        {
            NameAt = _names.Count,
            NameOctets = (ushort)name.Length,
            BaseOctets = (ushort)basePart.Length,
            Hash = hash,
            IsInNew = isInNew,
            ListedOctets = -1,
        });
        _names.Add(name);
    });

    private void Add(FoundName found)
    {
        _found.Add(found);
        if (_found.Count > _slots.Count)
        {
            _slots.Reset((int)Math.Max(FirstSlots, _slots.Count * 2));
            for (int place = 0; place < Count; place++)
            {
                Link(place);
            }
        }
        else
        {
            Link(Count - 1);
        }
    }

    private void Link(int place)
    {
        ref int slot = ref _slots[_found[place].Hash & (int)(_slots.Count - 1)];
        _found[place].Next = slot;
        slot = place + 1;
    }

    private int Find(ReadOnlySpan<byte> basePart, int hash)
    {
        int place = _slots[hash & (int)(_slots.Count - 1)] - 1;
        while (place >= 0)
        {
            ref FoundName found = ref _found[place];
            if (found.Hash == hash && _names.Slice(found.NameAt, found.BaseOctets).SequenceEqual(basePart))
            {
                return place;
            }

            place = found.Next - 1;
        }

        return -1;
    }

    // Seeded anew in each process: who delivers mail cannot choose names that all meet in one slot.
    private static int Hash(ReadOnlySpan<byte> basePart)
    {
        var hash = new HashCode();
        hash.AddBytes(basePart);
        return hash.ToHashCode();
    }

    private static bool IsFile(DirectoryHandle directory, ReadOnlySpan<byte> name, FileKind kind) => kind switch
    {
        FileKind.Regular => true,
        FileKind.Unknown => directory.TryStat(Encoding.Latin1.GetString(name), false, out FileStat stat) == Errno.None
            && stat.Kind == FileKind.Regular,
        _ => false,
    };
}
