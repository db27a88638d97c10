namespace Imapd.Tests.Stress.Client;

/// <summary>
/// A selected mailbox as a client knows it that goes by EXISTS, EXPUNGE and FETCH alone (RFC 9051 §7.4, §7.5), and the
/// rules of numbering that a server has to keep.
/// </summary>
internal sealed class ClientView
{
    public const int Unknown = -1;
    private readonly List<Entry> _entries = [];

    public int Count => _entries.Count;

    /// <summary>UIDNEXT as told by SELECT: what comes later has no smaller UID.</summary>
    public uint UidNext { get; set; }

    public uint UidValidity { get; set; }

    /// <summary>How many messages there were when the mailbox was selected.</summary>
    public int CountAtSelect { get; set; } = Unknown;

    /// <summary>The UIDs that are known, ascending.</summary>
    public IEnumerable<uint> KnownUids => _entries.Where(entry => entry.Uid != 0).Select(entry => entry.Uid);

    public bool IsKnownWhole => _entries.TrueForAll(entry => entry.Uid != 0 && entry.Flags != Unknown);

    /// <summary>0 when the client has not heard it.</summary>
    public uint UidOf(int number) => _entries[number - 1].Uid;

    /// <summary>Bits, or <see cref="Unknown"/>.</summary>
    public int FlagsOf(int number) => _entries[number - 1].Flags;

    /// <summary>0 when the client does not know of one.</summary>
    public int NumberOf(uint uid) => _entries.FindIndex(entry => entry.Uid == uid) + 1;

    public void Exists(int count)
    {
        Require(count >= Count, $"EXISTS {count} after {Count}: only EXPUNGE makes it smaller");
        while (_entries.Count < count)
        {
            _entries.Add(new Entry());
        }

        CountAtSelect = CountAtSelect == Unknown ? count : CountAtSelect;
    }

    /// <returns>The UID that is lost; 0 when the client never heard it.</returns>
    public uint Expunge(int number)
    {
        Require(number >= 1 && number <= Count, $"EXPUNGE {number} of {Count}");
        uint uid = _entries[number - 1].Uid;
        _entries.RemoveAt(number - 1);
        CountAtSelect -= number <= CountAtSelect ? 1 : 0;
        return uid;
    }

    /// <summary>Takes over what FETCH told of a message.</summary>
    /// <param name="number">Which.</param>
    /// <param name="uid">0 when it was not among it.</param>
    /// <param name="flags"><see cref="Unknown"/> when they were not among it.</param>
    public void Fetched(int number, uint uid, int flags)
    {
        Require(number >= 1 && number <= Count, $"FETCH {number} of {Count}");
        Entry entry = _entries[number - 1];
        entry.Flags = flags == Unknown ? entry.Flags : flags;
        if (uid == 0 || uid == entry.Uid)
        {
            return;
        }

        Require(entry.Uid == 0, $"message {number} had UID {entry.Uid} and has {uid}");
        Require(number <= CountAtSelect || uid >= UidNext, $"UID {uid} came after UIDNEXT {UidNext} was told");
        entry.Uid = uid;
        for (int before = number - 1; before >= 1 && (_entries[before - 1].Uid == 0 || _entries[before - 1].Uid >= uid); before--)
        {
            Require(_entries[before - 1].Uid == 0, $"message {before} has UID {_entries[before - 1].Uid} and message {number} has {uid}");
        }

        for (int after = number + 1; after <= Count && (_entries[after - 1].Uid == 0 || _entries[after - 1].Uid <= uid); after++)
        {
            Require(_entries[after - 1].Uid == 0, $"message {after} has UID {_entries[after - 1].Uid} and message {number} has {uid}");
        }
    }

    /// <summary>Takes over what a client works out by itself after STORE.SILENT.</summary>
    public void SetFlags(int number, int flags) => _entries[number - 1].Flags = flags;

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new StressFailure(otherwise);
        }
    }

    private sealed class Entry
    {
        public uint Uid { get; set; }

        public int Flags { get; set; } = Unknown;
    }
}
