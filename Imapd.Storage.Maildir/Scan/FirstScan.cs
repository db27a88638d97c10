using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Courier;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>
/// Lists a mailbox that has no index yet, and gives UIDs to messages without: what <see cref="MailboxScan"/> does, for any
/// number of messages, where nothing is odd. Its messages are written to an index as they are.
/// </summary>
internal sealed class FirstScan : ISnapshotRows, IDisposable
{
    private readonly MailboxFiles _files;
    private readonly FoundNames _found;
    private readonly NativeList<ulong> _byUid = new();
    private readonly ulong _modSeq;
    private UidList? _list;
    private long _lines;

    private FirstScan(MailboxFiles files)
    {
        _files = files;
        _found = new FoundNames(files);

        // Clients that knew an earlier index are told everything anew: no mod-sequence of theirs is above this floor.
        ExpungedFloor = (ulong)Math.Max((DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond, 1);
        _modSeq = ExpungedFloor + 1;
    }

    /// <summary>The UID list's stamp when it was written; null when that was not necessary.</summary>
    public FileStamp? Written { get; private set; }

    /// <summary>Whether messages got no UID, because the disk is full.</summary>
    public bool HasNameless { get; private set; }

    /// <summary>The stamps of the mailbox, to be set before the messages are written to an index.</summary>
    public LookStamps Stamps { get; set; }

    /// <inheritdoc />
    public MailboxIdentity Identity => new(_list!.UidValidity, _list.NextUid, _list.MailboxId!);

    /// <inheritdoc />
    public IndexSummary Summary { get; private set; }

    /// <inheritdoc />
    public int Count => (int)_byUid.Count;

    /// <inheritdoc />
    public int ExpungedCount => 0;

    /// <inheritdoc />
    public ulong ExpungedFloor { get; }

    /// <summary>The UIDs of the messages that were moved to <c>cur/</c>, ascending.</summary>
    public IEnumerable<uint> Moved
    {
        get
        {
            for (int place = 0; place < Count; place++)
            {
                if (_found[PlaceAt(place)].IsMoved)
                {
                    yield return UidAt(place);
                }
            }
        }
    }

    /// <summary>Scans. The caller holds the mailbox's lock.</summary>
    /// <returns>Null when something is odd: <see cref="MailboxScan"/> puts it in order.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.Limit"/>: no UIDs are left.</exception>
    public static FirstScan? TryRun(MailboxFiles files) => CourierUidFile.IsThere(files.Directory) ? null : TryRun(files, null);

    private static FirstScan? TryRun(MailboxFiles files, DotLock? held)
    {
        var scan = new FirstScan(files);
        bool isDone = false;
        try
        {
            if (!scan.TryRead())
            {
                return null;
            }

            if (scan._list is null || scan._byUid.Count < scan._found.Count)
            {
                if (held is null)
                {
                    using DotLock taken = DotLock.Take(files.Directory, files.Options);

                    // Once more from the beginning, now that nobody writes the list.
                    scan.Dispose();
                    return TryRun(files, taken);
                }

                scan.GiveUids();
            }

            isDone = true;
            return scan;
        }
        finally
        {
            if (!isDone)
            {
                scan.Dispose();
            }
        }
    }

    /// <summary>Moves the messages in <c>new/</c> to <c>cur/</c>, the last one first.</summary>
    /// <param name="move">Renames: the old name and the new one.</param>
    /// <returns>Whether all could be moved that are still there.</returns>
    public bool MoveToCur(Func<string, string, Errno> move)
    {
        for (int place = Count - 1; place >= 0; place--)
        {
            ref FoundName message = ref _found[PlaceAt(place)];
            if (!message.IsInNew)
            {
                continue;
            }

            string name = Encoding.Latin1.GetString(_found.NameOf(message));
            bool hasInfo = message.BaseOctets < message.NameOctets;
            string seen = hasInfo ? name : name + ":2,";
            Errno error = move(name, seen);
            if (error == Errno.ENAMETOOLONG)
            {
                hasInfo = true;
                error = move(name, name);
            }

            if (error == Errno.None)
            {
                message.IsInNew = false;
                message.IsMoved = true;
                message.HasInfoAdded = !hasInfo;
            }
            else if (error != Errno.ENOENT)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Counts the messages, when nothing of them will change any more.</summary>
    public void Sum()
    {
        var summary = new IndexSummary
        {
            Stamps = Stamps,
            NextUid = _list!.NextUid,
            HighestModSeq = Count > 0 ? _modSeq : ExpungedFloor,
            Messages = (uint)Count,
            FirstUnseenHint = uint.MaxValue,
            UidListLines = (uint)_lines,
        };
        uint unseen = 0;
        uint deleted = 0;
        uint inNew = 0;
        uint unknown = 0;
        ulong octets = 0;
        for (int place = 0; place < Count; place++)
        {
            IndexRecord record = RecordAt(place);
            unseen += record.IsUnseen ? 1u : 0;
            deleted += (record.Flags & SystemFlags.Deleted) != 0 ? 1u : 0;
            inNew += record.IsInNew ? 1u : 0;
            unknown += record.WireOctets < 0 ? 1u : 0;
            octets += (ulong)Math.Max(record.WireOctets, 0);
        }

        Summary = summary with { Unseen = unseen, Deleted = deleted, InNew = inNew, UnknownSizes = unknown, WireOctets = octets };
    }

    /// <inheritdoc />
    public IndexRecord RecordAt(int place)
    {
        ref FoundName message = ref _found[PlaceAt(place)];
        Span<char> name = stackalloc char[Octets.NameBuffer];
        name = message.NameOctets <= name.Length ? name[..message.NameOctets] : new char[message.NameOctets];
        Encoding.Latin1.GetChars(_found.NameOf(message), name);
        IndexRecord record = MessageRecord.Of(message.Uid, name, message.IsInNew, _modSeq);
        record.WireOctets = record.WireOctets < 0 ? message.ListedOctets : record.WireOctets;
        return record;
    }

    /// <inheritdoc />
    public int NameOctetsAt(int place)
    {
        ref FoundName message = ref _found[PlaceAt(place)];
        return message.NameOctets + (message.HasInfoAdded ? 3 : 0);
    }

    /// <inheritdoc />
    public int CopyNameAt(int place, Span<byte> to)
    {
        ref FoundName message = ref _found[PlaceAt(place)];
        _found.NameOf(message).CopyTo(to);
        if (!message.HasInfoAdded)
        {
            return message.NameOctets;
        }

        ":2,"u8.CopyTo(to[message.NameOctets..]);
        return message.NameOctets + 3;
    }

    /// <inheritdoc />
    public (uint Uid, ulong ModSeq) ExpungedAt(int place) => throw new ArgumentOutOfRangeException(nameof(place));

    /// <inheritdoc />
    public void Dispose()
    {
        _found.Dispose();
        _byUid.Dispose();
    }

    private int PlaceAt(int place) => (int)(uint)_byUid[place];

    private uint UidAt(int place) => (uint)(_byUid[place] >> 32);

    private bool TryRead()
    {
        _found.List();
        Errno error = _files.Directory.TryOpenFile(UidListFile.FileName, Libc.O_RDONLY, out FileHandle? file);
        if (error is not (Errno.None or Errno.ENOENT) || _found.IsOdd)
        {
            file?.Dispose();
            return false;
        }

        if (file is not null)
        {
            using (file)
            {
                if (file.Stat().Kind != FileKind.Regular || !TryReadList(file))
                {
                    return false;
                }
            }
        }

        Order();
        return !UidMatch.AreMostGone(_lines, _byUid.Count);
    }

    private bool TryReadList(FileHandle file)
    {
        _list = FirstList.Read(file, _found, out _lines, out long missing);
        if (_list is not null && missing > 0)
        {
            _found.ListMissing();
            _list = FirstList.Read(file, _found, out _lines, out _);
        }

        return _list is not null && !_found.IsOdd;
    }

    private void Order()
    {
        _byUid.Reset(0);
        for (int place = 0; place < _found.Count; place++)
        {
            if (_found[place].Uid != 0)
            {
                _byUid.Add(((ulong)_found[place].Uid << 32) | (uint)place);
            }
        }

        _byUid.All().Sort();
    }

    /// <summary>Gives UIDs to messages that have none, by the time of their delivery. Mailbox lock and dotlock are held.</summary>
    /// <remarks>As <see cref="MailboxScan"/> does: no client is told of them until the list is on the disk.</remarks>
    private void GiveUids()
    {
        using NativeList<(ulong Seconds, int Place)> nameless = Nameless();
        UidList list = _list ?? UidList.New(UidValidityFile.Next(_files.Tree.Directory, new Patience(_files.Options.LockWaitSeconds)));
        uint nextUid = list.NextUid;
        try
        {
            for (long i = 0; i < nameless.Count; i++)
            {
                _found[nameless[i].Place].Uid = UidSupply.Take(ref nextUid);
            }

            Written = _list is null
                ? UidListFile.Replace(
                    _files.Directory, file => FirstList.Write(file, 0, UidListText.Header(list.With(nextUid, [])), _found, nameless))
                : UidListFile.Append(
                    _files.Directory, (file, offset) => FirstList.Write(file, offset, string.Empty, _found, nameless));
            list.NextUid = nextUid;
            _lines += nameless.Count;
        }
        catch (UnixException error) when (_list is not null && error.Errno is Errno.ENOSPC or Errno.EDQUOT)
        {
            HasNameless = true;
            for (long i = 0; i < nameless.Count; i++)
            {
                _found[nameless[i].Place].Uid = 0;
            }
        }

        _list = list;
        Order();
    }

    private NativeList<(ulong Seconds, int Place)> Nameless()
    {
        var nameless = new NativeList<(ulong Seconds, int Place)>();
        Span<char> digits = stackalloc char[24];
        for (int place = 0; place < _found.Count; place++)
        {
            ref FoundName message = ref _found[place];
            if (message.Uid == 0)
            {
                ReadOnlySpan<byte> name = _found.NameOf(message);
                int length = Encoding.Latin1.GetChars(name[..Math.Min(name.Length, digits.Length)], digits);
                nameless.Add((MessageName.DeliverySeconds(digits[..length]), place));
            }
        }

        nameless.All().Sort((left, right) => left.Seconds != right.Seconds
            ? left.Seconds.CompareTo(right.Seconds)
            : _found.NameOf(_found[left.Place]).SequenceCompareTo(_found.NameOf(_found[right.Place])));
        return nameless;
    }
}
