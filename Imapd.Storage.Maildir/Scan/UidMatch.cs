using System.Text;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Which of the found messages has which UID.</summary>
internal sealed class UidMatch
{
    /// <summary>Lines of messages that are gone cost nothing; they are dropped when they outnumber the others.</summary>
    private const int GoneLinesTolerated = 100;

    private readonly FoundMessages _found;
    private readonly List<UidLine> _lines;
    private uint[] _uidOf;

    private UidMatch(FoundMessages found, List<UidLine> lines)
    {
        _found = found;
        _lines = lines;
        _uidOf = new uint[found.Names.Count];
    }

    /// <summary>Places of found messages that have no UID, in the order in which they are to get them.</summary>
    public List<int> Unassigned { get; } = [];

    /// <summary>Whether the list holds lines that must not or need not stay in it.</summary>
    public bool MustDropLines { get; private set; }

    /// <summary>Matches by base name.</summary>
    /// <param name="found">The files.</param>
    /// <param name="lines">The UID list's lines, ascending. Of two lines for one file the later counts.</param>
    /// <param name="known">What was known before: a file that comes back under a UID that was told to be gone gets another.</param>
    public static UidMatch With(FoundMessages found, List<UidLine> lines, KnownMessages known)
    {
        var match = new UidMatch(found, lines);
        if (match._lines.Exists(line => found.PlaceOf(line.Name) < 0 && known.IsExpected(line.Uid)))
        {
            found.SearchAgain();
            match._uidOf = new uint[found.Names.Count];
        }

        int matched = 0;
        foreach (UidLine line in match._lines)
        {
            int place = found.PlaceOf(line.Name);
            if (place < 0)
            {
                continue;
            }

            bool isReturned = known.IsReturned(line.Uid);
            match.MustDropLines |= isReturned || match._uidOf[place] != 0;
            match._uidOf[place] = isReturned ? 0 : line.Uid;
            matched++;
        }

        match.MustDropLines |= AreMostGone(match._lines.Count, matched);
        match.CollectUnassigned();
        return match;
    }

    /// <summary>Matches with what the index shows, when it is known that the UID list says the same.</summary>
    public static UidMatch With(FoundMessages found, IndexView index)
    {
        var match = new UidMatch(found, []);
        if (!match.TryTakeAll(index))
        {
            found.SearchAgain();
            match._uidOf = new uint[found.Names.Count];
            match.TryTakeAll(index);
        }

        match.CollectUnassigned();
        return match;
    }

    /// <summary>Whether the lines of messages that are gone outnumber the others.</summary>
    /// <param name="lines">How many lines the list has.</param>
    /// <param name="messages">How many messages there are.</param>
    public static bool AreMostGone(long lines, long messages) => lines - messages > Math.Max(GoneLinesTolerated, messages);

    /// <summary>Gives UIDs to those that have none, and says what is to be added to the list.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Limit"/>: no UIDs are left.</exception>
    public List<UidLine> Assign(ref uint nextUid)
    {
        var lines = new List<UidLine>(Unassigned.Count);
        foreach (int place in Unassigned)
        {
            _uidOf[place] = UidSupply.Take(ref nextUid);
            lines.Add(new UidLine(_uidOf[place], UidLine.NoFields, _found.Names[place]));
        }

        return lines;
    }

    /// <summary>Takes over UIDs that were given, in the order of <see cref="Unassigned"/>; fewer when some got none.</summary>
    public void Assign(List<UidLine> lines)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            _uidOf[Unassigned[i]] = lines[i].Uid;
        }
    }

    /// <summary>Undoes <see cref="Assign(ref uint)"/>.</summary>
    public void TakeBack()
    {
        foreach (int place in Unassigned)
        {
            _uidOf[place] = 0;
        }
    }

    /// <summary>The lines whose messages are there and had a UID, each with the file's name of now.</summary>
    public IEnumerable<UidLine> KeptLines()
    {
        var isNew = new HashSet<int>(Unassigned);
        foreach (UidLine line in _lines)
        {
            int place = _found.PlaceOf(line.Name);
            if (place >= 0 && !isNew.Contains(place) && _uidOf[place] == line.Uid)
            {
                yield return line with { Name = _found.Names[place] };
            }
        }
    }

    /// <summary>UIDs, ascending, and places of the messages that have one.</summary>
    public List<(uint Uid, int Place)> Assigned()
    {
        var assigned = new List<(uint Uid, int Place)>(_uidOf.Length);
        for (int place = 0; place < _uidOf.Length; place++)
        {
            if (_uidOf[place] != 0)
            {
                assigned.Add((_uidOf[place], place));
            }
        }

        assigned.Sort(static (left, right) => left.Uid.CompareTo(right.Uid));
        return assigned;
    }

    /// <summary>The order in which messages get UIDs: that of their delivery.</summary>
    public static int Order(string left, string right)
    {
        int order = MessageName.DeliverySeconds(left).CompareTo(MessageName.DeliverySeconds(right));
        return order != 0 ? order : string.CompareOrdinal(left, right);
    }

    private bool TryTakeAll(IndexView index)
    {
        bool isAllThere = true;
        Span<byte> octets = stackalloc byte[Octets.NameBuffer];
        Span<char> name = stackalloc char[Octets.NameBuffer];
        for (int at = 0; at < index.Count; at++)
        {
            int length = index.CopyNameAt(at, octets);
            Encoding.Latin1.GetChars(octets[..length], name);
            int place = _found.PlaceOf(name[..length]);
            if (place >= 0)
            {
                _uidOf[place] = index.UidAt(at);
            }
            else
            {
                isAllThere = false;
            }
        }

        return isAllThere;
    }

    private void CollectUnassigned()
    {
        var seconds = new List<ulong>();
        for (int place = 0; place < _uidOf.Length; place++)
        {
            if (_uidOf[place] == 0)
            {
                Unassigned.Add(place);
                seconds.Add(MessageName.DeliverySeconds(_found.Names[place]));
            }
        }

        if (Unassigned.Count < 2)
        {
            return;
        }

        ulong[] keys = [.. seconds];
        int[] places = [.. Unassigned];
        Array.Sort(keys, places);
        for (int first = 0, next; first < keys.Length; first = next)
        {
            for (next = first + 1; next < keys.Length && keys[next] == keys[first]; next++)
            {
            }

            if (next - first > 1)
            {
                Array.Sort(places, first, next - first, Comparer<int>.Create(
                    (left, right) => string.CompareOrdinal(_found.Names[left], _found.Names[right])));
            }
        }

        Unassigned.Clear();
        Unassigned.AddRange(places);
    }
}
