using System.Buffers.Text;
using System.Text;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Reads and writes the UID list of a mailbox line by line, with the files that were listed.</summary>
internal static class FirstList
{
    private const int ChunkOctets = 64 * 1024;

    /// <summary>Reads the list, and notes the UIDs of the files that were found.</summary>
    /// <param name="file">The list.</param>
    /// <param name="found">The files.</param>
    /// <param name="lines">How many lines it has.</param>
    /// <param name="missing">How many of them are of no file that was found.</param>
    /// <returns>The list without its lines; null when anything in it is not in order.</returns>
    public static UidList? Read(FileHandle file, FoundNames found, out long lines, out long missing)
    {
        lines = missing = 0;
        byte[] chunk = new byte[ChunkOctets];
        UidList? list = null;
        uint last = 0;
        int held = 0;
        long offset = 0;
        while (file.Read(offset, chunk.AsSpan(held)) is > 0 and var got)
        {
            offset += got;
            ReadOnlySpan<byte> text = chunk.AsSpan(0, held + got);
            for (int end; (end = text.IndexOf((byte)'\n')) >= 0; text = text[(end + 1)..])
            {
                if (list is null)
                {
                    list = UidListParser.ParseHeader(text[..end]);
                    if (list is not { CanGrow: true })
                    {
                        return null;
                    }
                }
                else if (!TryTake(text[..end], found, ref last, ref missing))
                {
                    return null;
                }
                else
                {
                    lines++;
                }
            }

            held = text.Length;
            if (held == chunk.Length)
            {
                return null;
            }

            text.CopyTo(chunk);
        }

        if (list is null || held > 0)
        {
            return null;
        }

        list.NextUid = Math.Max(list.NextUid, last + 1);
        return list;
    }

    /// <summary>Writes the lines of messages.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="offset">At which octet.</param>
    /// <param name="header">What comes before them.</param>
    /// <param name="found">The messages.</param>
    /// <param name="places">Which of them, ascending by UID.</param>
    public static void Write(FileHandle file, long offset, string header, FoundNames found, NativeList<(ulong Seconds, int Place)> places)
    {
        byte[] chunk = new byte[ChunkOctets];
        int held = Encoding.Latin1.GetBytes(header, chunk);
        for (long i = 0; i < places.Count; i++)
        {
            ref FoundName message = ref found[places[i].Place];
            if (chunk.Length - held < message.NameOctets + 16)
            {
                file.Write(offset, chunk.AsSpan(0, held));
                offset += held;
                held = 0;
                if (chunk.Length < message.NameOctets + 16)
                {
                    chunk = new byte[message.NameOctets + 16];
                }
            }

            Utf8Formatter.TryFormat(message.Uid, chunk.AsSpan(held), out int digits);
            held += digits;
            " :"u8.CopyTo(chunk.AsSpan(held));
            held += 2;
            found.NameOf(message).CopyTo(chunk.AsSpan(held));
            held += message.NameOctets;
            chunk[held++] = (byte)'\n';
        }

        file.Write(offset, chunk.AsSpan(0, held));
    }

    private static bool TryTake(ReadOnlySpan<byte> line, FoundNames found, ref uint last, ref long missing)
    {
        if (!UidListParser.TrySplitLine(line, true, out uint uid, out ReadOnlySpan<byte> fields, out ReadOnlySpan<byte> name)
            || uid <= last)
        {
            return false;
        }

        last = uid;
        int place = found.PlaceOf(name);
        if (place < 0)
        {
            missing++;
            return true;
        }

        ref FoundName message = ref found[place];
        if (message.Uid != 0 && message.Uid != uid)
        {
            return false;
        }

        message.Uid = uid;
        message.ListedOctets = UidLine.WireOctetsIn(fields);
        return true;
    }
}
