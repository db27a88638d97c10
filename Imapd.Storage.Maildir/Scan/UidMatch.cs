using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;

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
    /// <param name="before">The session's last picture, or null.</param>
    /// <param name="gone">UIDs the session has reported gone: a file that comes back under one of them gets another.</param>
    public static UidMatch With(FoundMessages found, List<UidLine> lines, MailboxState? before, HashSet<uint> gone)
    {
        var match = new UidMatch(found, lines);
        if (match._lines.Exists(line => found.PlaceOf(line.Name) < 0 && IsExpected(line.Uid, before)))
        {
            found.SearchAgain();
            match._uidOf = new uint[found.Names.Count];
        }

        uint lastKnown = before is { Count: > 0 } ? before.UidAt(before.Count - 1).Value : 0;
        int matched = 0;
        foreach (UidLine line in match._lines)
        {
            int place = found.PlaceOf(line.Name);
            if (place < 0)
            {
                continue;
            }

            // In the session's numbering a message can only come in at the end.
            bool isReturned = gone.Contains(line.Uid) || (line.Uid <= lastKnown && before!.IndexOf(new(line.Uid)) < 0);
            match.MustDropLines |= isReturned || match._uidOf[place] != 0;
            match._uidOf[place] = isReturned ? 0 : line.Uid;
            matched++;
        }

        match.MustDropLines |= match._lines.Count - matched > Math.Max(GoneLinesTolerated, matched);
        for (int place = 0; place < match._uidOf.Length; place++)
        {
            if (match._uidOf[place] == 0)
            {
                match.Unassigned.Add(place);
            }
        }

        match.Unassigned.Sort((left, right) => Order(found.Names[left], found.Names[right]));
        return match;
    }

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

    /// <summary>Undoes <see cref="Assign"/>.</summary>
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

    // Lines of messages that the session knows to be gone stay in the list for a while.
    private static bool IsExpected(uint uid, MailboxState? before) =>
        before is null || uid >= before.UidNext.Value || before.IndexOf(new(uid)) >= 0;

    private static int Order(string left, string right)
    {
        int order = MessageName.DeliverySeconds(left).CompareTo(MessageName.DeliverySeconds(right));
        return order != 0 ? order : string.CompareOrdinal(left, right);
    }
}
