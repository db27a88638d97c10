using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Index;

/// <summary>What an index says of its mailbox as a whole, without looking at its messages.</summary>
/// <param name="Header">The head of the file.</param>
/// <param name="Summary">The newest summary: that of the last change which counts.</param>
internal sealed record IndexHead(IndexHeader Header, IndexSummary Summary)
{
    /// <summary>Reads header and journal, and checks their checksums. No lock is needed.</summary>
    /// <returns>Null when there is no index that can be used.</returns>
    public static IndexHead? TryRead(DirectoryHandle mailbox)
    {
        if (mailbox.TryOpenFile(IndexFile.FileName, Libc.O_RDONLY, out FileHandle? file) != Errno.None)
        {
            return null;
        }

        using (file)
        {
            FileStat stat = file!.Stat();
            if (stat.Kind != FileKind.Regular)
            {
                return null;
            }

            Span<byte> head = stackalloc byte[IndexHeader.Octets];
            if (IndexHeader.Read(head[..file.Read(0, head)], stat.Octets, out _) is not { } header)
            {
                return null;
            }

            JournalReader.Read(file, Checksum.Of(head), header.SnapshotOctets, stat.Octets, null, out IndexSummary? summary);
            return new IndexHead(header, summary ?? header.Summary);
        }
    }
}
