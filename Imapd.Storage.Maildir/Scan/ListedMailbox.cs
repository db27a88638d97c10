using System.Text;
using Imapd.Storage.Maildir.Courier;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>
/// A mailbox whose directories are listed, with the UIDs that its messages have, or are given: what <see cref="MailboxScan"/>
/// makes, for any number of messages, where the UID list is in order. Where little is different from the index, it says what;
/// where much is, or there is no index, its messages are written to a new one as they are.
/// </summary>
internal sealed class ListedMailbox : IDisposable
{
    private readonly MailboxFiles _files;
    private readonly FoundNames _found;
    private readonly NativeList<ulong> _byUid = new();
    private readonly MailboxState? _session;
    private IndexView? _index;
    private UidList? _list;
    private long _lines;

    private ListedMailbox(MailboxFiles files, IndexView? index, MailboxState? session)
    {
        _files = files;
        _found = new FoundNames(files);
        _index = index;
        _session = session;
    }

    /// <summary>The index it is compared with; null when there is none of this mailbox.</summary>
    public IndexView? Index => _index;

    /// <summary>The UID list's stamp when it was written; null when that was not necessary.</summary>
    public FileStamp? Written { get; private set; }

    /// <summary>Whether messages got no UID, because the disk is full.</summary>
    public bool HasNameless { get; private set; }

    /// <summary>Whether files were renamed or removed to put them in order.</summary>
    public bool IsDisturbed { get; private set; }

    /// <summary>Whether there are no files left that ought to be renamed or removed, but might not be.</summary>
    public bool IsInOrder => _found.IsInOrder;

    /// <summary>How many messages have a UID.</summary>
    public int Count => (int)_byUid.Count;

    /// <summary>How many lines the UID list has.</summary>
    public uint UidListLines => (uint)_lines;

    /// <summary>Which mailbox it is, and the UID to be given next.</summary>
    public MailboxIdentity Identity => new(_list!.UidValidity, _list.NextUid, _list.MailboxId!);

    /// <summary>Lists, and gives UIDs. The caller holds the mailbox's lock.</summary>
    /// <param name="files">The mailbox.</param>
    /// <param name="index">Its index; null when there is none.</param>
    /// <param name="session">What the session was shown last; null at first.</param>
    /// <param name="knownList">What the UID list looks like if it says what the index says; the default when it must be read.</param>
    /// <param name="mayOrder">Whether files may be renamed or removed to put an end to odd ones.</param>
    /// <returns>Null when something is not in order: <see cref="MailboxScan"/> sees to it.</returns>
    public static ListedMailbox? TryRun(MailboxFiles files, IndexView? index, MailboxState? session, FileStamp knownList, bool mayOrder)
    {
        if (CourierUidFile.IsThere(files.Directory))
        {
            return null;
        }

        // Where there is no UID list one will be written: nobody else may write it meanwhile, and one listing will do.
        bool isFirst = index is null && session is null
            && files.Directory.TryStat(UidListFile.FileName, false, out _) == Errno.ENOENT;
        using DotLock? held = isFirst ? DotLock.Take(files.Directory, files.Options) : null;
        return TryRun(files, index, session, knownList, mayOrder, held);
    }

    /// <summary>The UID at a place.</summary>
    public uint UidAt(int place) => (uint)(_byUid[place] >> 32);

    /// <summary>The file at a place.</summary>
    public ref FoundName At(int place) => ref _found[(int)(uint)_byUid[place]];

    /// <summary>The files that have a UID, in the order in which they lie in memory.</summary>
    public IEnumerable<int> InMemory()
    {
        for (int place = 0; place < _found.Count; place++)
        {
            if (_found[place].Uid != 0)
            {
                yield return place;
            }
        }
    }

    /// <summary>One of the files of <see cref="InMemory"/>.</summary>
    public ref FoundName InMemoryAt(int place) => ref _found[place];

    /// <summary>The name of a file as it was found.</summary>
    public ReadOnlySpan<byte> NameOf(in FoundName message) => _found.NameOf(message);

    /// <summary>What is different from the index.</summary>
    /// <param name="most">So many changes are few enough to be written down one by one.</param>
    /// <returns>Null when there are more, or there is no index.</returns>
    public IndexChanges? Changes(int most)
    {
        if (_index is null)
        {
            return null;
        }

        var changes = new IndexChanges(_index);
        ulong modSeq = _index.NextModSeq();
        int at = 0;
        Span<byte> known = stackalloc byte[Octets.NameBuffer];
        for (int place = 0; place < Count && changes.Count <= most; place++)
        {
            uint uid = UidAt(place);
            for (; at < _index.Count && _index.UidAt(at) < uid; at++)
            {
                changes.Remove(_index.UidAt(at), modSeq);
            }

            ref FoundName message = ref At(place);
            if (at < _index.Count && _index.UidAt(at) == uid)
            {
                IndexRecord record = _index.RecordAt(at);
                if (record.IsInNew != message.IsInNew || !NameOf(message).SequenceEqual(known[.._index.CopyNameAt(at, known)]))
                {
                    MessageRecord.Rename(changes, record, Encoding.Latin1.GetString(NameOf(message)), message.IsInNew, modSeq);
                }

                at++;
                continue;
            }

            string name = Encoding.Latin1.GetString(NameOf(message));
            changes.Add(MessageRecord.Of(message, name, modSeq), name);
        }

        for (; at < _index.Count && changes.Count <= most; at++)
        {
            changes.Remove(_index.UidAt(at), modSeq);
        }

        changes.NextUid = Math.Max(changes.NextUid, _list!.NextUid);
        changes.UidListLines = UidListLines;
        return changes.Count <= most ? changes : null;
    }

    /// <summary>Moves the messages in <c>new/</c> to <c>cur/</c>, the last one first.</summary>
    /// <param name="move">Renames: the old name and the new one.</param>
    /// <returns>Whether all could be moved that are still there.</returns>
    public bool MoveToCur(Func<string, string, Errno> move)
    {
        for (int place = Count - 1; place >= 0; place--)
        {
            ref FoundName message = ref At(place);
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

    /// <summary>The UIDs of the messages that were moved to <c>cur/</c>, ascending.</summary>
    public IEnumerable<uint> Moved()
    {
        for (int place = 0; place < Count; place++)
        {
            if (At(place).IsMoved)
            {
                yield return UidAt(place);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _found.Dispose();
        _byUid.Dispose();
    }

    private static ListedMailbox? TryRun(
        MailboxFiles files, IndexView? index, MailboxState? session, FileStamp knownList, bool mayOrder, DotLock? held)
    {
        var listed = new ListedMailbox(files, index, session);
        bool isDone = false;
        try
        {
            if (!listed.TryRead(knownList, mayOrder))
            {
                return null;
            }

            if (listed._list is null || listed._byUid.Count < listed._found.Count)
            {
                if (held is null)
                {
                    using DotLock taken = DotLock.Take(files.Directory, files.Options);
                    if (!listed.TryExtend(knownList))
                    {
                        // Once more from the beginning, now that nobody writes the list.
                        bool isDisturbed = listed.IsDisturbed;
                        listed.Dispose();
                        ListedMailbox? again = TryRun(files, index, session, default, mayOrder, taken);
                        if (again is not null)
                        {
                            again.IsDisturbed |= isDisturbed;
                        }

                        return again;
                    }
                }
                else
                {
                    listed.GiveUids();
                }
            }

            isDone = true;
            return listed;
        }
        finally
        {
            if (!isDone)
            {
                listed.Dispose();
            }
        }
    }

    private bool TryRead(FileStamp knownList, bool mayOrder)
    {
        _found.List();
        if (mayOrder && OddFiles.PutInOrder(_files, _found))
        {
            IsDisturbed = true;
            _found.Forget();
            _found.List();
        }

        return knownList.IsKnown && _index is not null ? TryTakeIndex(_index) : TryReadList();
    }

    /// <summary>The UIDs are those of the index, which the list is known to agree with.</summary>
    private bool TryTakeIndex(IndexView index)
    {
        MailboxIdentity identity = index.Identity;
        _list = new UidList { UidValidity = identity.UidValidity, NextUid = identity.NextUid, MailboxId = identity.MailboxId, Lines = [] };
        _lines = index.Summary.UidListLines;
        if (!TryTakeUids(index))
        {
            _found.ListMissing();
            TryTakeUids(index);
        }

        Order();
        return true;
    }

    private bool TryTakeUids(IndexView index)
    {
        bool isAllThere = true;
        Span<byte> name = stackalloc byte[Octets.NameBuffer];
        for (int at = 0; at < index.Count; at++)
        {
            int place = _found.PlaceOf(name[..index.CopyNameAt(at, name)]);
            isAllThere &= place >= 0;
            if (place >= 0)
            {
                _found[place].Uid = index.UidAt(at);
            }
        }

        return isAllThere;
    }

    private bool TryReadList()
    {
        Errno error = _files.Directory.TryOpenFile(UidListFile.FileName, Libc.O_RDONLY, out FileHandle? file);
        if (error == Errno.ENOENT)
        {
            // A UID that was told outlives the list.
            return _index is null && _session is null;
        }

        if (error != Errno.None)
        {
            return false;
        }

        using (file)
        {
            if (file!.Stat().Kind != FileKind.Regular || !TryReadLines(file))
            {
                return false;
            }
        }

        if (UidListHeader.IsDoubtful(_list!, _index))
        {
            return false;
        }

        if (_index is not null && _index.Identity is var identity
            && (identity.UidValidity != _list!.UidValidity || identity.MailboxId != _list.MailboxId))
        {
            _index = null;
        }

        if (_session is not null && _session.UidValidity.Value != _list!.UidValidity)
        {
            return false;
        }

        _list!.NextUid = Math.Max(_list.NextUid, _index?.Summary.NextUid ?? 0);
        Order();
        return !UidMatch.AreMostGone(_lines, _byUid.Count) && !HasReturned();
    }

    private bool TryReadLines(FileHandle file)
    {
        _list = FirstList.Read(file, _found, out _lines, out long missing);
        if (_list is not null && missing > 0)
        {
            _found.ListMissing();
            _list = FirstList.Read(file, _found, out _lines, out _);
        }

        return _list is not null;
    }

    private bool HasReturned()
    {
        var known = new KnownMessages(_index, _session);
        for (int place = 0; place < Count && (_index is not null || _session is not null); place++)
        {
            if (known.IsReturned(UidAt(place)))
            {
                return true;
            }
        }

        return false;
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

    /// <summary>Gives UIDs after those of the list that the index knows, if it is still the same. Mailbox lock and dotlock are held.</summary>
    private bool TryExtend(FileStamp knownList)
    {
        if (!knownList.IsKnown || _index is null
            || FileStamp.Of(_files.Directory, UidListFile.FileName) != knownList
            || UidListFile.ReadEnds(_files.Directory) is not { } ends
            || ends.UidValidity != _list!.UidValidity)
        {
            return false;
        }

        _list.NextUid = Math.Max(_list.NextUid, ends.NextUid);
        GiveUids();
        return true;
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
        catch (Exception error) when (_list is not null && NewUids.CanWait(error))
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
