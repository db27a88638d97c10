using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Index;

/// <summary>What an index says of its mailbox as a whole, without looking at its messages.</summary>
/// <param name="Header">The head of the file.</param>
/// <param name="Summary">The newest summary: that of the last change which counts.</param>
internal sealed record IndexHead(IndexHeader Header, IndexSummary Summary)
{
    /// <summary>Reads header and journal, and checks their checksums. No lock is needed.</summary>
    /// <param name="file">The index.</param>
    /// <param name="stat">What it is.</param>
    /// <returns>Null when it cannot be used.</returns>
    public static IndexHead? TryRead(FileHandle file, FileStat stat)
    {
        Span<byte> head = stackalloc byte[IndexHeader.Octets];
        if (stat.Kind != FileKind.Regular || IndexHeader.Read(head[..file.Read(0, head)], stat.Octets, out _) is not { } header)
        {
            return null;
        }

        JournalReader.Read(file, Checksum.Of(head), header.SnapshotOctets, stat.Octets, null, out IndexSummary? summary);
        return new IndexHead(header, summary ?? header.Summary);
    }
}
