namespace Imapd.Storage.Maildir.Index;

/// <summary>
/// UIDs at the end of sequences that followed one another: each has the first so many of them. Adding to the newest costs no
/// copy; adding to an older one does.
/// </summary>
internal sealed class UidTail
{
    private uint[] _uids;
    private int _used;

    private UidTail(uint[] uids, int used)
    {
        _uids = uids;
        _used = used;
    }

    /// <summary>No UIDs; never added to.</summary>
    public static UidTail None { get; } = new([], 0);

    /// <summary>The UID at a place.</summary>
    public uint this[int place] => _uids[place];

    /// <summary>One more behind the first so many.</summary>
    /// <param name="uid">The UID.</param>
    /// <param name="count">How many of these the sequence has.</param>
    public UidTail With(uint uid, int count)
    {
        UidTail tail = this;
        if (this == None || count != _used)
        {
            uint[] copy = new uint[Math.Max(16, count + (count / 2))];
            _uids.AsSpan(0, count).CopyTo(copy);
            tail = new UidTail(copy, count);
        }
        else if (count == _uids.Length)
        {
            Array.Resize(ref _uids, checked(count + (count / 2)));
        }

        tail._uids[count] = uid;
        tail._used = count + 1;
        return tail;
    }

    /// <summary>The place of the first of the first so many that is not below a UID.</summary>
    public int LowerBound(uint uid, int count)
    {
        int at = Array.BinarySearch(_uids, 0, count, uid);
        return at < 0 ? ~at : at;
    }
}
