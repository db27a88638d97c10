using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;

namespace Imapd.Storage.Maildir;

/// <summary>UIDs in ascending order, by place from 0. Immutable.</summary>
/// <remarks>
/// Those of a picture of a mailbox take no memory of their own; what was taken out or added since takes four octets for
/// each. Reading may throw <see cref="StoreException"/> with <see cref="StoreError.Corruption"/> where the picture may.
/// </remarks>
public sealed class UidSequence
{
    // Beyond this, one array of all is less work than a search for each.
    private const int MinTakenOut = 1024;
    private const int PlacesPerTakenOut = 64;

    private readonly IndexView? _view;
    private readonly uint[] _base;
    private readonly int _baseCount;
    private readonly int[] _without;
    private readonly UidTail _more;
    private readonly int _kept;

    private UidSequence(IndexView? view, uint[] uids, int[] without, UidTail more, int moreCount)
    {
        _view = view;
        _base = uids;
        _baseCount = view?.Count ?? uids.Length;
        _without = without;
        _more = more;
        _kept = _baseCount - without.Length;
        Count = _kept + moreCount;
    }

    /// <summary>No UIDs.</summary>
    public static UidSequence Empty { get; } = new(null, [], [], UidTail.None, 0);

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>The largest; 0 when there is none.</summary>
    public Uid Last => Count == 0 ? default : UidAt(Count - 1);

    /// <summary>The UID at a place.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The place is below 0, or at or above <see cref="Count"/>.</exception>
    public Uid UidAt(int place)
    {
        if ((uint)place >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(place));
        }

        if (place >= _kept)
        {
            return new Uid(_more[place - _kept]);
        }

        int at = _without.Length == 0 ? place : place + CountBefore(place);
        return new Uid(_view is null ? _base[at] : _view.UidAt(at));
    }

    /// <summary>Whether these are, as far as can be told at once, the UIDs of a picture, so that places are the same in both.</summary>
    public bool AreAllOf(MailboxState state) => ReferenceEquals(_view, state.View) && _without.Length == 0 && Count == _kept;

    /// <summary>The place of a UID; -1 when it is not there.</summary>
    public int IndexOf(Uid uid)
    {
        int place = FirstIndexAtOrAfter(uid);
        return place < Count && UidAt(place) == uid ? place : -1;
    }

    /// <summary>The place of the first UID that is this one or a larger one; <see cref="Count"/> when there is none.</summary>
    public int FirstIndexAtOrAfter(Uid uid)
    {
        int at = _view?.FirstIndexAtOrAfter(uid.Value) ?? LowerBound(_base, uid.Value);
        return at < _baseCount
            ? at - LowerBound(_without, at)
            : _kept + _more.LowerBound(uid.Value, Count - _kept);
    }

    /// <summary>How many of these are not in a later sequence of the same mailbox.</summary>
    /// <param name="later">It has, up to <see cref="Last"/>, none that is not among these.</param>
    public int CountNotIn(UidSequence later) => Count - later.FirstIndexAfter(Last);

    /// <summary>The places, ascending, of those that are not in a later sequence of the same mailbox.</summary>
    /// <remarks>What is there in both is not walked over, unless much is not.</remarks>
    /// <inheritdoc cref="CountNotIn" path="/param" />
    public IReadOnlyList<int> PlacesNotIn(UidSequence later)
    {
        int there = later.FirstIndexAfter(Last);
        int lost = Count - there;
        var places = new List<int>(Math.Max(lost, 0));
        FindNotIn(later, (0, Count), (0, there), lost > Count / PlacesPerTakenOut, places);
        return places;
    }

    /// <summary>The place of the first UID that is larger; <see cref="Count"/> when there is none.</summary>
    public int FirstIndexAfter(Uid uid) => uid.Value == uint.MaxValue ? Count : FirstIndexAtOrAfter(new Uid(uid.Value + 1));

    /// <summary>These without those at some places.</summary>
    /// <param name="places">Places, ascending, each once.</param>
    public UidSequence Without(IReadOnlyList<int> places)
    {
        if (places.Count == 0)
        {
            return this;
        }

        if (_without.Length + places.Count > MinTakenOut + (_baseCount / PlacesPerTakenOut) || places[^1] >= _kept)
        {
            return new UidSequence(null, Copy(places), [], UidTail.None, 0);
        }

        int[] without = new int[_without.Length + places.Count];
        _without.CopyTo(without, 0);
        for (int i = 0; i < places.Count; i++)
        {
            without[_without.Length + i] = places[i] + CountBefore(places[i]);
        }

        Array.Sort(without);
        return new UidSequence(_view, _base, without, _more, Count - _kept);
    }

    /// <summary>These and some more behind them.</summary>
    /// <param name="larger">Ascending, all above <see cref="Last"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is not above the one before it.</exception>
    public UidSequence With(IEnumerable<uint> larger)
    {
        uint last = Last.Value;
        UidTail more = _more;
        int count = Count - _kept;
        foreach (uint uid in larger)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(uid, last, nameof(larger));
            more = more.With(uid, count++);
            last = uid;
        }

        return count == Count - _kept ? this : new UidSequence(_view, _base, _without, more, count);
    }

    /// <summary>The UIDs of an array that nobody changes any more.</summary>
    internal static UidSequence Of(uint[] ascending) => new(null, ascending, [], UidTail.None, 0);

    /// <summary>The UIDs of a view.</summary>
    internal static UidSequence Of(IndexView view) => new(view, [], [], UidTail.None, 0);

    // Where as many are there in both, they are the same ones; elsewhere each half is looked at by itself.
    private void FindNotIn(
        UidSequence later, (int First, int End) here, (int First, int End) there, bool isWalked, List<int> places)
    {
        if (here.End - here.First == there.End - there.First)
        {
            return;
        }

        if (isWalked || there.First == there.End || here.End - here.First <= 8)
        {
            int at = there.First;
            for (int place = here.First; place < here.End; place++)
            {
                Uid uid = UidAt(place);
                while (at < there.End && later.UidAt(at) < uid)
                {
                    at++;
                }

                if (at == there.End || later.UidAt(at) != uid)
                {
                    places.Add(place);
                }
            }

            return;
        }

        int middle = here.First + ((here.End - here.First) / 2);
        int middleThere = later.FirstIndexAtOrAfter(UidAt(middle));
        FindNotIn(later, (here.First, middle), (there.First, middleThere), false, places);
        FindNotIn(later, (middle, here.End), (middleThere, there.End), false, places);
    }

    private uint[] Copy(IReadOnlyList<int> without)
    {
        uint[] uids = new uint[Count - without.Count];
        int next = 0;
        int filled = 0;
        for (int place = 0; place < Count; place++)
        {
            if (next < without.Count && without[next] == place)
            {
                next++;
            }
            else
            {
                uids[filled++] = UidAt(place).Value;
            }
        }

        return uids;
    }

    /// <summary>How many are taken out before what now has this place: without[k] - k stay before the k-th of them.</summary>
    private int CountBefore(int place)
    {
        int low = 0;
        int high = _without.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _without[middle] - middle <= place ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static int LowerBound<T>(T[] sorted, T value)
    {
        int at = Array.BinarySearch(sorted, value);
        return at < 0 ? ~at : at;
    }
}
