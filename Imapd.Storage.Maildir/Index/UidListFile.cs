using System.Text;
using Imapd.Storage.Maildir.Courier;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Index;

/// <summary>The file <c>dovecot-uidlist</c>: read by anyone, changed under the mailbox's lock and the dotlock together.</summary>
internal static class UidListFile
{
    /// <summary>Its name in a mailbox's directory.</summary>
    public const string FileName = "dovecot-uidlist";

    /// <summary>Some ten million messages; more is refused before memory is taken.</summary>
    private const long MaxOctets = 1 << 30;

    private const int EndOctets = 4096;

    /// <summary>Reads it; null when there is none, or when not even the UIDVALIDITY in it can be read.</summary>
    /// <remarks>
    /// A mailbox without one that Courier has served has Courier's list, and what Courier has given UIDs to since is added: the
    /// result cannot grow then, and is to be written in place of the file before any UID of it is told.
    /// </remarks>
    public static UidList? Read(DirectoryHandle mailbox)
    {
        UidList? list = ReadText(mailbox) is { } text ? UidListParser.Parse(text) : null;
        return list is null ? CourierUidFile.Read(mailbox) : CourierUidFile.AddTo(mailbox, list);
    }

    /// <summary>Whether there is one, readable or not.</summary>
    public static bool IsThere(DirectoryHandle mailbox) => mailbox.TryStat(FileName, false, out _) == Errno.None;

    /// <summary>The header alone; null when there is no file or it makes no sense.</summary>
    public static UidList? ReadHeader(DirectoryHandle mailbox)
    {
        if (mailbox.TryOpenFile(FileName, Libc.O_RDONLY, out FileHandle? file) != Errno.None)
        {
            return null;
        }

        using (file)
        {
            Span<byte> head = stackalloc byte[EndOctets];
            head = file!.Stat().Kind == FileKind.Regular ? head[..file.Read(0, head)] : default;
            int end = head.IndexOf((byte)'\n');
            return end < 0 ? null : UidListParser.ParseHeader(head[..end]);
        }
    }

    /// <summary>Reads its text; null when there is none.</summary>
    public static byte[]? ReadText(DirectoryHandle mailbox) => SmallFile.Read(mailbox, FileName, MaxOctets);

    /// <summary>
    /// Reads what is needed to append to it: header and last line. The result has no lines. Null when that is not enough,
    /// because it is not there, not ours to append to, its end is not in order, or Courier has given UIDs since.
    /// </summary>
    public static UidList? ReadEnds(DirectoryHandle mailbox)
    {
        if (mailbox.TryOpenFile(FileName, Libc.O_RDONLY, out FileHandle? file) != Errno.None)
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

            Span<byte> buffer = stackalloc byte[EndOctets];
            Span<byte> head = buffer[..file.Read(0, buffer)];
            int headEnd = head.IndexOf((byte)'\n');
            if (headEnd < 0 || UidListParser.ParseHeader(head[..headEnd]) is not { CanGrow: true } list)
            {
                return null;
            }

            if (stat.Octets == headEnd + 1)
            {
                return CourierUidFile.IsAheadOf(mailbox, list) ? null : list;
            }

            Span<byte> tail = buffer[..file.Read(Math.Max(headEnd, stat.Octets - EndOctets), buffer)];
            if (tail.IsEmpty || tail[^1] != (byte)'\n' || tail[..^1].LastIndexOf((byte)'\n') is var start && start < 0
                || !UidListParser.TryParseLine(tail[(start + 1)..^1], true, out UidLine last))
            {
                return null;
            }

            list.NextUid = Math.Max(list.NextUid, last.Uid + 1);
            return CourierUidFile.IsAheadOf(mailbox, list) ? null : list;
        }
    }

    /// <summary>Adds lines at its end; it is whole and of version 3. Durable on return; nothing is added on failure.</summary>
    /// <returns>Its stamp: every later change makes the file longer or another one.</returns>
    public static FileStamp Append(DirectoryHandle mailbox, IReadOnlyList<UidLine> lines)
    {
        CourierUidFile.Append(mailbox, lines);
        return Append(mailbox, (file, offset) => file.Write(offset, Encoding.Latin1.GetBytes(UidListText.Lines(lines))));
    }

    /// <summary>The same of a mailbox that Courier has never served.</summary>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="write">Writes the lines to a file, from an octet on.</param>
    public static FileStamp Append(DirectoryHandle mailbox, Action<FileHandle, long> write)
    {
        using FileHandle file = mailbox.OpenFile(FileName, Libc.O_WRONLY);
        long octets = file.Stat().Octets;
        try
        {
            write(file, octets);
            file.Sync();
            return FileStamp.Of(file.Stat());
        }
        catch (UnixException)
        {
            file.SetLength(octets);
            throw;
        }
    }

    /// <summary>Puts the list in place of the file. Durable on return; the old one stays on failure.</summary>
    /// <returns>Its stamp.</returns>
    public static FileStamp Replace(DirectoryHandle mailbox, UidList list)
    {
        CourierUidFile.Replace(mailbox, list);
        SmallFile.Replace(mailbox, FileName, UidListText.Header(list) + UidListText.Lines(list.Lines));
        return FileStamp.Of(mailbox, FileName);
    }
    /// <summary>The same of a mailbox that Courier has never served.</summary>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="write">Writes header and lines.</param>
    public static FileStamp Replace(DirectoryHandle mailbox, Action<FileHandle> write)
    {
        SmallFile.Replace(mailbox, FileName, write);
        return FileStamp.Of(mailbox, FileName);
    }
}
