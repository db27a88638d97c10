using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Makes records of messages from what their files' names tell.</summary>
internal static class MessageRecord
{
    /// <summary>The record of a message that was found.</summary>
    /// <param name="uid">Its UID.</param>
    /// <param name="name">Its file's name; sizes in it are believed until the file is opened.</param>
    /// <param name="isInNew">Where it is.</param>
    /// <param name="modSeq">When it came.</param>
    public static IndexRecord Of(uint uid, ReadOnlySpan<char> name, bool isInNew, ulong modSeq)
    {
        var record = IndexRecord.Of(uid);
        record.Flags = MessageName.Flags(name);
        record.Letters = MessageName.KeywordLetters(name);
        record.IsInNew = isInNew;
        record.ModSeq = modSeq;
        (record.RawOctets, record.WireOctets) = MessageName.Sizes(name);
        return record;
    }

    /// <summary>The record of a message that was listed.</summary>
    /// <param name="message">What was found, with its UID.</param>
    /// <param name="name">Its file's name.</param>
    /// <param name="modSeq">When it came.</param>
    public static IndexRecord Of(in FoundName message, ReadOnlySpan<char> name, ulong modSeq)
    {
        IndexRecord record = Of(message.Uid, name, message.IsInNew, modSeq);
        record.WireOctets = record.WireOctets < 0 ? message.ListedOctets : record.WireOctets;
        return record;
    }

    /// <summary>Notes that a message's file has another name or place than its record says.</summary>
    /// <param name="changes">Where to.</param>
    /// <param name="before">The record.</param>
    /// <param name="name">The name now.</param>
    /// <param name="isInNew">The place now.</param>
    /// <param name="modSeq">The mod-sequence if flags or keywords are others; a rename alone is nobody's business.</param>
    public static void Rename(IndexChanges changes, in IndexRecord before, string name, bool isInNew, ulong modSeq)
    {
        IndexRecord now = Of(before.Uid, name, isInNew, modSeq);
        bool isSame = now.Flags == before.Flags && now.Letters == before.Letters;
        changes.Change(before.Uid, now.Flags, now.Letters, isInNew, isSame ? before.ModSeq : modSeq, name);
    }
}
