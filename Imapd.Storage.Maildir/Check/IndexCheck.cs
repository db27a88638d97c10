using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Check;

/// <summary>
/// Checks <c>imapd.index</c> in itself, against the UID list, and against the files. When the mailbox has changed since it was
/// written, files may differ from it: the next look finds that. When it claims to be up to date, they may not.
/// </summary>
internal sealed class IndexCheck
{
    private const string File = IndexFile.FileName;

    private const uint MaxVersion = 256;

    private readonly CheckedMailbox _mailbox;
    private readonly IndexView _view;
    private readonly bool _isBelieved;
    private readonly Dictionary<uint, string> _listed = [];
    private readonly Remedy _drop;
    private readonly Remedy _measure;

    private IndexCheck(CheckedMailbox mailbox, IndexView view, Remedy drop)
    {
        _mailbox = mailbox;
        _view = view;
        _drop = drop;

        // The look comes first and measures; what it could not put right goes.
        _measure = drop with { What = "write the true size into it" };
        LookStamps stamps = view.Summary.Stamps;
        _isBelieved = stamps.Confirm(mailbox.Before) && stamps.Confirm(mailbox.Stamps());
        foreach (UidLine line in mailbox.List?.Lines ?? [])
        {
            _listed[line.Uid] = line.Name;
        }
    }

    /// <summary>Reads and checks it.</summary>
    public static void Run(CheckedMailbox mailbox)
    {
        Remedy drop = Drop(mailbox);
        using IndexFile? index = IndexFile.TryOpen(mailbox.Directory, mailbox.IsRemote, out string? whyNot);
        if (index is null)
        {
            if (OtherVersion(mailbox) is { } version)
            {
                mailbox.Findings.Note(File, $"it is of another release's version, {version}; the next session writes it anew", drop);
            }
            else if (whyNot is not null)
            {
                mailbox.Findings.Damage(File, whyNot, drop);
            }

            return;
        }

        try
        {
            new IndexCheck(mailbox, index.View, drop).Check();
            if (mailbox.Directory.TryStat(File, false, out FileStat stat) == Errno.None && stat.Octets > index.End)
            {
                mailbox.Findings.Note(File, $"{stat.Octets - index.End} octets at its end are no whole change; the next change is written over them", drop);
            }
        }
        catch (StoreException error)
        {
            mailbox.Findings.Damage(File, error.Message, drop);
        }
    }

    // A damaged number is none that a release could have.
    private static uint? OtherVersion(CheckedMailbox mailbox)
    {
        if (mailbox.Directory.TryOpenFile(File, Libc.O_RDONLY, out FileHandle? file) != Errno.None)
        {
            return null;
        }

        using (file)
        {
            Span<byte> head = stackalloc byte[IndexHeader.Octets];
            try
            {
                return IndexHeader.OtherVersion(head[..file!.Read(0, head)]) is { } version and > 0 and < MaxVersion ? version : null;
            }
            catch (UnixException)
            {
                return null;
            }
        }
    }

    private static Remedy Drop(CheckedMailbox mailbox) => new(
        "remove it and make it anew",
        () =>
        {
            if (mailbox.Directory.TryUnlink(File) is not (Errno.None or Errno.ENOENT) and var failed)
            {
                throw new UnixException("unlinkat", File, failed);
            }
        },
        NeedsLook: true);

    private void Check()
    {
        if (!CheckIdentity())
        {
            return;
        }

        var counted = new IndexSummary { FirstUnseenHint = uint.MaxValue };
        var indexed = new HashSet<uint>();
        for (int place = 0; place < _view.Count; place++)
        {
            IndexRecord record = _view.RecordAt(place);
            counted = counted.With(record);
            _ = indexed.Add(record.Uid);
            CheckNumbers(record);
            CheckName(record, _view.NameAt(place));
        }

        if (!_view.Summary.CountsAs(counted))
        {
            Wrong($"its counters say {Counters(_view.Summary)}, its records {Counters(counted)}");
        }

        CheckExpunged();
        CheckListed(indexed);
    }

    private bool CheckIdentity()
    {
        if (_mailbox.Identity is not { } list)
        {
            Wrong("there is no UID list that it could belong to");
            return false;
        }

        MailboxIdentity own = _view.Identity;
        if (UidListHeader.IsValidityDamaged(_mailbox.List!, _view))
        {
            _mailbox.Findings.Damage(
                UidListFile.FileName, $"its first line says UIDVALIDITY {list.UidValidity}, but it is {own.UidValidity}", UidListCheck.Salvage);
            return false;
        }

        if (own.UidValidity != list.UidValidity || (own.MailboxId != list.MailboxId && list.MailboxId.Length > 0))
        {
            Wrong($"it is another mailbox's: UIDVALIDITY {own.UidValidity}, identity {own.MailboxId}");
            return false;
        }

        if (own.NextUid > list.NextUid)
        {
            Wrong($"it says that the next UID is {own.NextUid}, the UID list {list.NextUid}");
        }

        return true;
    }

    private void CheckNumbers(in IndexRecord record)
    {
        if (record.Uid >= _view.Summary.NextUid)
        {
            Wrong($"UID {record.Uid} is not below the next one, {_view.Summary.NextUid}");
        }

        if (record.ModSeq > _view.Summary.HighestModSeq)
        {
            Wrong($"UID {record.Uid}: mod-sequence {record.ModSeq} is above the highest, {_view.Summary.HighestModSeq}");
        }

        if (record.IsUnseen && record.Uid < _view.Summary.FirstUnseenHint)
        {
            Wrong($"UID {record.Uid} is unseen, and the first unseen one is said to be {_view.Summary.FirstUnseenHint}");
        }
    }

    private void CheckName(in IndexRecord record, string name)
    {
        if (MessageName.Flags(name) != record.Flags || MessageName.KeywordLetters(name) != record.Letters)
        {
            Wrong($"UID {record.Uid}: its flags are not those in the name {FindingList.Printable(name)}");
        }

        bool isThere = _mailbox.Files.TryGetValue(name, out (string Name, bool IsInNew) file);
        if (!_listed.TryGetValue(record.Uid, out string? listed))
        {
            if (isThere)
            {
                Wrong($"UID {record.Uid} is in no line of the UID list");
            }
        }
        else if (!BaseNameComparer.Instance.Equals(listed, name))
        {
            Wrong($"UID {record.Uid} is another message in the UID list");
        }

        if (_isBelieved && (!isThere || file.Name != name || file.IsInNew != record.IsInNew))
        {
            Wrong($"it is up to date by its stamps, and UID {record.Uid} {(isThere ? "has another name" : "has no file")}");
        }

        if (isThere && file.Name == name)
        {
            CheckFacts(record, file);
        }
    }

    private void CheckFacts(in IndexRecord record, (string Name, bool IsInNew) file)
    {
        DirectoryHandle? part = file.IsInNew ? _mailbox.New : _mailbox.Cur;
        if (part!.TryStat(file.Name, false, out FileStat stat) != Errno.None)
        {
            return;
        }

        if (!record.AgreesWith(stat.Octets))
        {
            string said = record.RawOctets >= 0 && record.RawOctets != stat.Octets ? $"{record.RawOctets}" : $"{record.WireOctets} as it is sent";
            _mailbox.Findings.Damage(File, $"UID {record.Uid} has {stat.Octets} octets, not {said}", _measure);
        }

        if (record.InternalDateSeconds != IndexRecord.UnknownDate
            && record.InternalDateSeconds != stat.ModifiedSeconds)
        {
            _mailbox.Findings.Note(File, $"UID {record.Uid}: the file's time is no longer its internal date, which stays", _drop);
        }
    }

    private void CheckExpunged()
    {
        for (int place = 0; place < _view.ExpungedCount; place++)
        {
            (uint uid, ulong modSeq) = _view.ExpungedAt(place);
            if (uid >= _view.Summary.NextUid || modSeq > _view.Summary.HighestModSeq || _view.IndexOf(uid) >= 0)
            {
                Wrong($"UID {uid}, which is said to be gone, cannot be");
            }
        }
    }

    private void CheckListed(HashSet<uint> indexed)
    {
        foreach ((uint uid, string name) in _listed)
        {
            if (_isBelieved && !indexed.Contains(uid) && _mailbox.Files.ContainsKey(name))
            {
                Wrong($"it is up to date by its stamps, and UID {uid} is not in it");
            }
        }
    }

    private static string Counters(IndexSummary summary) =>
        $"{summary.Messages} messages, {summary.Unseen} unseen, {summary.Deleted} deleted, {summary.InNew} in new, {summary.WireOctets} octets";

    private void Wrong(string what) => _mailbox.Findings.Damage(File, what, _drop);
}
