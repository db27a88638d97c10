using System.Text;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Watch;

/// <summary>What the kernel told of a mailbox: which names came and went, by the last event of each.</summary>
internal sealed class WatchedChanges
{
    /// <summary>More names than this are not kept: listing the directories is cheaper then.</summary>
    private const int MaxNames = 10_000;

    private const uint Arrivals = InotifyHandle.Create | InotifyHandle.MovedTo;
    private const uint Departures = InotifyHandle.Delete | InotifyHandle.MovedFrom;
    private const uint Ends = InotifyHandle.DeleteSelf | InotifyHandle.Unmount;

    private readonly Dictionary<string, bool> _new = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _cur = new(StringComparer.Ordinal);

    /// <summary>Names in <c>new/</c>, and whether each is there.</summary>
    public IReadOnlyDictionary<string, bool> New => _new;

    /// <summary>Names in <c>cur/</c>, and whether each is there.</summary>
    public IReadOnlyDictionary<string, bool> Cur => _cur;

    /// <summary>Whether events were lost, so that only listing the directories tells what is in them.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>Whether the UID list was written to, replaced or removed.</summary>
    public bool IsUidListTouched { get; set; }

    /// <summary>Whether the keyword table was.</summary>
    public bool AreKeywordsTouched { get; private set; }

    /// <summary>Whether the index was.</summary>
    public bool IsIndexTouched { get; set; }

    /// <summary>Whether the mailbox was renamed or removed.</summary>
    public bool IsMailboxTouched { get; private set; }

    /// <summary>Whether no message file came or went.</summary>
    public bool HasNoNames => _new.Count == 0 && _cur.Count == 0;

    /// <summary>Whether nothing at all was told that matters.</summary>
    public bool IsEmpty => HasNoNames && !(IsIncomplete || IsUidListTouched || AreKeywordsTouched || IsIndexTouched || IsMailboxTouched);

    /// <summary>Whether an event in <c>new/</c> or <c>cur/</c> is about a name that came or went, and which of the two.</summary>
    public static bool IsOfMessage(uint mask, out bool isThere)
    {
        isThere = (mask & Arrivals) != 0;
        return (mask & (Arrivals | Departures)) != 0
            && (mask & (Ends | InotifyHandle.MoveSelf | InotifyHandle.IsDirectory)) == 0;
    }

    /// <summary>Takes up an event.</summary>
    /// <param name="part">The directory it happened in.</param>
    /// <param name="mask">What happened.</param>
    /// <param name="name">To which name there; empty when to the directory itself.</param>
    public void Note(WatchedPart part, uint mask, string name)
    {
        if ((mask & (Ends | InotifyHandle.MoveSelf)) != 0)
        {
            IsMailboxTouched = true;
            IsIncomplete |= (mask & Ends) != 0;
        }
        else if (part == WatchedPart.Mailbox)
        {
            // Locks, temporary files, the cache: nothing to look at.
            IsUidListTouched |= name == UidListFile.FileName;
            AreKeywordsTouched |= name == KeywordTable.FileName;
            IsIndexTouched |= name == IndexFile.FileName;
        }
        else if (IsOfMessage(mask, out bool isThere) && !IsIncomplete)
        {
            (part == WatchedPart.New ? _new : _cur)[name] = isThere;
            if (_new.Count + _cur.Count > MaxNames)
            {
                Lose();
            }
        }
    }

    /// <summary>Events were lost.</summary>
    public void Lose()
    {
        IsIncomplete = true;
        IsUidListTouched = AreKeywordsTouched = IsIndexTouched = IsMailboxTouched = true;
        _new.Clear();
        _cur.Clear();
    }

    /// <summary>Strikes out what the session did itself, if nobody undid it since.</summary>
    public void Explain(bool isInNew, string name, bool isThere)
    {
        Dictionary<string, bool> names = isInNew ? _new : _cur;
        if (names.TryGetValue(name, out bool told) && told == isThere)
        {
            names.Remove(name);
        }
    }

    /// <summary>What was told of a name does not count any more.</summary>
    public void Forget(bool isInNew, ReadOnlySpan<byte> name)
    {
        Dictionary<string, bool> names = isInNew ? _new : _cur;
        if (names.Count > 0)
        {
            names.Remove(Encoding.Latin1.GetString(name));
        }
    }

    /// <summary>Takes up what was told later.</summary>
    public void Add(WatchedChanges later)
    {
        IsUidListTouched |= later.IsUidListTouched;
        AreKeywordsTouched |= later.AreKeywordsTouched;
        IsIndexTouched |= later.IsIndexTouched;
        IsMailboxTouched |= later.IsMailboxTouched;
        foreach ((string name, bool isThere) in later._new)
        {
            _new[name] = isThere;
        }

        foreach ((string name, bool isThere) in later._cur)
        {
            _cur[name] = isThere;
        }

        if (IsIncomplete || later.IsIncomplete || _new.Count + _cur.Count > MaxNames)
        {
            Lose();
        }
    }
}
