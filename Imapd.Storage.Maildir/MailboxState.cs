using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir;

/// <summary>What is in a mailbox at one moment: messages by place, sorted by UID, places from 0. Immutable.</summary>
/// <remarks>Arrays, no object for a message but its file's name; pictures that follow one another share what has not changed.</remarks>
public sealed class MailboxState
{
    private readonly uint[] _uids;
    private readonly MessageFlags[] _flags;
    private readonly ulong[] _modSeqs;
    private readonly bool[] _isRecent;

    internal MailboxState(
        MailboxIdentity identity, KeywordTable table, ulong highestModSeq, uint[] uids, MessageFlags[] flags, ulong[] modSeqs, bool[] isRecent, FileNames files)
    {
        Identity = identity;
        Table = table;
        HighestModSeq = new ModSeq(highestModSeq);
        _uids = uids;
        _flags = flags;
        _modSeqs = modSeqs;
        _isRecent = isRecent;
        Files = files;
        RecentCount = isRecent.AsSpan().Count(true);
    }

    /// <summary>How many messages there are.</summary>
    public int Count => _uids.Length;

    /// <summary>The mailbox's UIDVALIDITY.</summary>
    public UidValidity UidValidity => new(Identity.UidValidity);

    /// <summary>The UID the next message will have at the least.</summary>
    public Uid UidNext => new(Identity.NextUid);

    /// <summary>The largest mod-sequence given so far.</summary>
    public ModSeq HighestModSeq { get; }

    /// <summary>The mailbox's identity through renames: 32 hexadecimal digits.</summary>
    public string MailboxId => Identity.MailboxId;

    /// <summary>The keywords in use here; place n is bit n of <see cref="MessageFlags.KeywordBits"/>.</summary>
    public IReadOnlyList<string> Keywords => Table.Names;

    /// <summary>Whether a letter is left for one more keyword.</summary>
    public bool CanAddKeywords => Table.HasRoom;

    /// <summary>How many messages are new to this session (RFC 3501 §2.3.2).</summary>
    public int RecentCount { get; }

    internal MailboxIdentity Identity { get; }

    internal KeywordTable Table { get; }

    /// <summary>The files' names as last seen: hints, put right in place when a file is found under another name.</summary>
    internal FileNames Files { get; private set; }

    /// <summary>The UID of a message.</summary>
    public Uid UidAt(int index) => new(_uids[index]);

    /// <summary>The UIDs of all messages.</summary>
    public UidSequence Uids => UidSequence.Of(_uids);

    /// <summary>The message's size as it is sent (RFC822.SIZE), in octets; -1 when nobody has counted it yet.</summary>
    public long WireOctetsAt(int index) => MessageName.Sizes(Files.Names[index]).Wire;

    /// <summary>When the message arrived (RFC 9051 §2.3.3), in UTC; null when nobody has looked it up yet.</summary>
    public DateTimeOffset? InternalDateAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
        return null;
    }

    /// <summary>The place of the first message without <c>\Seen</c>; -1 when all have it.</summary>
    public int FirstUnseen() => Array.FindIndex(_flags, static flags => (flags.System & SystemFlags.Seen) == 0);

    /// <summary>What is different since an earlier picture of the same mailbox.</summary>
    public StateDifference DifferenceFrom(MailboxState earlier)
    {
        uint last = earlier.Count == 0 ? 0 : earlier._uids[^1];
        int firstNew = last == uint.MaxValue ? Count : FirstIndexAtOrAfter(new Uid(last + 1));
        var changed = new List<int>();
        for (int i = 0; i < firstNew && HighestModSeq > earlier.HighestModSeq; i++)
        {
            if (_modSeqs[i] > earlier.HighestModSeq.Value)
            {
                changed.Add(i);
            }
        }

        return new StateDifference(changed, firstNew, firstNew != earlier.Count);
    }

    /// <summary>The flags of a message, keyword bits by place in <see cref="Keywords"/>.</summary>
    public MessageFlags FlagsAt(int index) => _flags[index];

    /// <summary>A number that grows whenever the message's flags change.</summary>
    public ModSeq ModSeqAt(int index) => new(_modSeqs[index]);

    /// <summary>Whether the message is new to this session (RFC 3501 §2.3.2).</summary>
    public bool IsRecentAt(int index) => _isRecent[index];

    /// <summary>The place of the message with this UID; -1 when it is not there.</summary>
    public int IndexOf(Uid uid) => Math.Max(Array.BinarySearch(_uids, uid.Value), -1);

    /// <summary>The place of the first message with this UID or a larger one; <see cref="Count"/> when there is none.</summary>
    public int FirstIndexAtOrAfter(Uid uid)
    {
        int index = Array.BinarySearch(_uids, uid.Value);
        return index < 0 ? ~index : index;
    }

    /// <summary>Takes over newer file names for the same messages with the same flags.</summary>
    internal void Adopt(FileNames files) => Files = files;

    /// <summary>Whether nothing that can be told from outside is different.</summary>
    internal bool LooksLike(MailboxState other) =>
        Identity == other.Identity
        && Table.Names.SequenceEqual(other.Table.Names)
        && _uids.AsSpan().SequenceEqual(other._uids)
        && _flags.AsSpan().SequenceEqual(other._flags)
        && _modSeqs.AsSpan().SequenceEqual(other._modSeqs)
        && _isRecent.AsSpan().SequenceEqual(other._isRecent);
}
