using System.Buffers;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Index;

/// <summary>Reads the frames behind a snapshot, up to the first that is not right.</summary>
internal static class JournalReader
{
    private const int ChunkOctets = 64 * 1024;

    /// <summary>Reads frames.</summary>
    /// <param name="file">The index.</param>
    /// <param name="seed">The checksum of the snapshot's header.</param>
    /// <param name="start">Where the first frame begins.</param>
    /// <param name="end">Where the file ends.</param>
    /// <param name="changes">What they say is added here; null when only the summary is wanted.</param>
    /// <param name="summary">The last one's summary, when there was one.</param>
    /// <returns>Where the last right one ends.</returns>
    public static long Read(FileHandle file, uint seed, long start, long end, IndexChanges? changes, out IndexSummary? summary)
    {
        summary = null;
        if (end - start < JournalFrame.HeadOctets)
        {
            return start;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(ChunkOctets, end - start));
        try
        {
            int first = 0;
            int held = 0;
            while (true)
            {
                int wanted = WantedOctets(buffer.AsSpan(first, held));
                if (wanted < 0 || wanted > end - start)
                {
                    return start;
                }

                if (held >= wanted && wanted > JournalFrame.HeadOctets)
                {
                    if (!JournalFrame.TryDecode(seed, buffer.AsSpan(first, wanted), changes, out IndexSummary last))
                    {
                        return start;
                    }

                    summary = last;
                    start += wanted;
                    first += wanted;
                    held -= wanted;
                    continue;
                }

                buffer = WithRoom(buffer, wanted, first, held);
                first = 0;
                int got = file.Read(start + held, buffer.AsSpan(held, (int)Math.Min(buffer.Length, end - start) - held));
                if (got == 0)
                {
                    return start;
                }

                held += got;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The length a frame claims is checked against what the format allows before memory is taken for it.
    private static int WantedOctets(ReadOnlySpan<byte> held)
    {
        if (held.Length < JournalFrame.HeadOctets)
        {
            return JournalFrame.HeadOctets;
        }

        int payload = JournalFrame.PayloadOctets(held);
        return payload < 0 ? -1 : JournalFrame.HeadOctets + payload;
    }

    private static byte[] WithRoom(byte[] buffer, int wanted, int first, int held)
    {
        Span<byte> rest = buffer.AsSpan(first, held);
        if (wanted <= buffer.Length)
        {
            rest.CopyTo(buffer);
            return buffer;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(wanted);
        rest.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
