using System.Text;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Finds what is different in a mailbox from what the kernel told of it, without listing its directories.</summary>
/// <param name="files">The mailbox.</param>
/// <param name="view">Its index.</param>
internal sealed class WatchedDelta(MailboxFiles files, IndexView view)
{
    private readonly Dictionary<string, Touched> _touched = new(BaseNameComparer.Instance);
    private readonly List<(string Name, bool IsInNew)> _arrived = [];

    /// <summary>What is different, but for messages that arrived.</summary>
    public IndexChanges Changes { get; } = new(view);

    /// <summary>Messages that arrived, in the order in which they get UIDs.</summary>
    public IReadOnlyList<(string Name, bool IsInNew)> Arrived => _arrived;

    /// <summary>Finds it.</summary>
    /// <param name="told">What was told since the index was right.</param>
    /// <returns>False when something is odd, and the directories have to be listed.</returns>
    public bool TryFind(WatchedChanges told)
    {
        if (told.IsIncomplete || !Gather(told.New, isInNew: true) || !Gather(told.Cur, isInNew: false))
        {
            return false;
        }

        Recognize();
        ulong modSeq = view.NextModSeq();
        foreach (Touched touched in _touched.Values)
        {
            if (!(touched.Place < 0 ? TryArrive(touched) : TryChange(touched, modSeq)))
            {
                return false;
            }
        }

        _arrived.Sort(static (left, right) => UidMatch.Order(left.Name, right.Name));
        return true;
    }

    private bool Gather(IReadOnlyDictionary<string, bool> names, bool isInNew)
    {
        foreach ((string name, bool isThere) in names)
        {
            if (MessageName.IsPossible(name))
            {
                if (!_touched.TryGetValue(name, out Touched? touched))
                {
                    _touched.Add(name, touched = new Touched());
                }

                (isThere ? touched.There : touched.Gone).Add((name, isInNew));
            }
            else if (isThere && MessageName.HasLineEnd(name))
            {
                return false;
            }
        }

        return true;
    }

    // By the order of names in the snapshot; what came since is in no order, and little.
    private void Recognize()
    {
        Span<byte> octets = stackalloc byte[Octets.NameBuffer];
        foreach ((string name, Touched touched) in _touched)
        {
            touched.Place = name.Length > octets.Length ? -1 : view.PlaceOfName(octets[..Encoding.Latin1.GetBytes(name, octets)]);
        }

        if (_touched.Count == 0)
        {
            return;
        }

        Dictionary<string, Touched>.AlternateLookup<ReadOnlySpan<char>> lookup = _touched.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> text = stackalloc char[Octets.NameBuffer];
        for (int place = view.FirstAdded; place < view.Count; place++)
        {
            int length = view.CopyNameAt(place, octets);
            Encoding.Latin1.GetChars(octets[..length], text);
            if (lookup.TryGetValue(text[..length], out Touched? touched))
            {
                touched.Place = place;
            }
        }
    }

    private bool TryArrive(Touched touched)
    {
        if (touched.There.Count > 1)
        {
            return false;
        }

        if (touched.There.Count == 1)
        {
            (string name, bool isInNew) = touched.There[0];
            if (files.Part(isInNew).TryStat(name, false, out FileStat stat) != Errno.None)
            {
                // Gone again already: what became of it was told, or will be.
                return false;
            }

            if (stat.Kind == FileKind.Regular)
            {
                _arrived.Add((name, isInNew));
            }
        }

        return true;
    }

    private bool TryChange(Touched touched, ulong modSeq)
    {
        IndexRecord record = view.RecordAt(touched.Place);
        (string Name, bool IsInNew) known = (view.NameAt(touched.Place), record.IsInNew);
        bool isGone = touched.Gone.Contains(known);
        if (touched.There.Remove(known))
        {
            // Something came under the message's own name.
            if (files.Part(known.IsInNew).TryStat(known.Name, false, out FileStat own) != Errno.None)
            {
                return false;
            }

            isGone = own.Kind != FileKind.Regular;
        }

        if (touched.There.Count == 0)
        {
            if (isGone)
            {
                Changes.Remove(record.Uid, modSeq);
            }

            return true;
        }

        (string name, bool isInNew) = touched.There[0];
        if (!isGone || touched.There.Count > 1
            || files.Part(isInNew).TryStat(name, false, out FileStat stat) != Errno.None || stat.Kind != FileKind.Regular)
        {
            return false;
        }

        MessageRecord.Rename(Changes, record, name, isInNew, modSeq);
        return true;
    }

    /// <summary>The names of one message that came or went.</summary>
    private sealed class Touched
    {
        public int Place { get; set; } = -1;

        public List<(string Name, bool IsInNew)> There { get; } = [];

        public List<(string Name, bool IsInNew)> Gone { get; } = [];
    }
}
