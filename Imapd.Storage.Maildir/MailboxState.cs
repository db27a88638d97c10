using Imapd.Protocol.Values;

namespace Imapd.Storage.Maildir;

/// <summary>What is in a mailbox at one moment: messages by place, sorted by UID, places from 0. Immutable.</summary>
public sealed class MailboxState
{
    /// <summary>How many messages there are.</summary>
    public int Count => throw new NotImplementedException();

    /// <summary>The mailbox's UIDVALIDITY.</summary>
    public UidValidity UidValidity => throw new NotImplementedException();

    /// <summary>The UID the next message will have at the least; <c>Value</c> 0 when no UID is left to give.</summary>
    public Uid UidNext => throw new NotImplementedException();

    /// <summary>The largest mod-sequence given so far.</summary>
    public ModSeq HighestModSeq => throw new NotImplementedException();

    /// <summary>The mailbox's identity through renames: 32 hexadecimal digits.</summary>
    public string MailboxId => throw new NotImplementedException();

    /// <summary>The keywords in use here; place n is bit n of <see cref="MessageFlags.KeywordBits"/>.</summary>
    public IReadOnlyList<string> Keywords => throw new NotImplementedException();

    /// <summary>Whether a letter is left for one more keyword.</summary>
    public bool CanAddKeywords => throw new NotImplementedException();

    /// <summary>How many messages are new to this session (RFC 3501 §2.3.2).</summary>
    public int RecentCount => throw new NotImplementedException();

    /// <summary>The UID of a message.</summary>
    public Uid UidAt(int index) => throw new NotImplementedException();

    /// <summary>The flags of a message, keyword bits by place in <see cref="Keywords"/>.</summary>
    public MessageFlags FlagsAt(int index) => throw new NotImplementedException();

    /// <summary>A number that grows whenever the message's flags change.</summary>
    public ModSeq ModSeqAt(int index) => throw new NotImplementedException();

    /// <summary>Whether the message is new to this session (RFC 3501 §2.3.2).</summary>
    public bool IsRecentAt(int index) => throw new NotImplementedException();

    /// <summary>The place of the message with this UID; -1 when it is not there.</summary>
    public int IndexOf(Uid uid) => throw new NotImplementedException();

    /// <summary>The place of the first message with this UID or a larger one; <see cref="Count"/> when there is none.</summary>
    public int FirstIndexAtOrAfter(Uid uid) => throw new NotImplementedException();
}
