namespace Imapd.Storage.Maildir.Index;

/// <summary>What a snapshot is written from: messages by place, ascending by UID.</summary>
internal interface ISnapshotRows
{
    /// <summary>Which mailbox it is.</summary>
    MailboxIdentity Identity { get; }

    /// <summary>Counters and stamps.</summary>
    IndexSummary Summary { get; }

    /// <summary>How many messages there are.</summary>
    int Count { get; }

    /// <summary>How many messages are remembered as gone.</summary>
    int ExpungedCount { get; }

    /// <summary>Messages that went at this mod-sequence or before may not be among those remembered.</summary>
    ulong ExpungedFloor { get; }

    /// <summary>The record at a place; what it says of its name does not count.</summary>
    IndexRecord RecordAt(int place);

    /// <summary>The length of the name of the file at a place.</summary>
    int NameOctetsAt(int place);

    /// <summary>Copies the name of the file at a place.</summary>
    /// <returns>How long it is.</returns>
    int CopyNameAt(int place, Span<byte> to);

    /// <summary>A message that is remembered as gone: the first one first.</summary>
    (uint Uid, ulong ModSeq) ExpungedAt(int place);
}
