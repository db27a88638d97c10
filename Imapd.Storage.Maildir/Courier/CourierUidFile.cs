using System.Globalization;
using System.Text;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Courier;

/// <summary>
/// Courier's UID list, <c>courierimapuiddb</c>: <c>1 uidvalidity uidnext</c>, then <c>uid basename</c>. Where it is and has
/// our UIDVALIDITY it is kept up, so that Courier gives no message another UID when it serves the mailbox again.
/// </summary>
/// <remarks>
/// The numbers in the header are written with ten digits, which Courier reads as it reads fewer, so that they can be raised in
/// place and lines be appended. It is written before <c>dovecot-uidlist</c>: what it knows more after a power failure is taken
/// over by the next reader (<see cref="AddTo"/>), as what Courier itself gave is. A list with another UIDVALIDITY belongs to
/// what Courier told its clients, and is left alone.
/// </remarks>
internal static class CourierUidFile
{
    private const string FileName = "courierimapuiddb";
    private const long MaxOctets = 1 << 30;
    private const int HeaderOctets = 24;

    /// <summary>Whether there is anything of its name.</summary>
    public static bool IsThere(DirectoryHandle mailbox) => mailbox.TryStat(FileName, false, out _) != Errno.ENOENT;

    /// <summary>Reads it; null when there is none that makes sense.</summary>
    public static UidList? Read(DirectoryHandle mailbox)
    {
        using FileHandle? file = Open(mailbox, Libc.O_RDONLY);
        return file is null || SmallFile.Read(mailbox, FileName, MaxOctets) is not { } text || !text.AsSpan().StartsWith("1 "u8)
            ? null
            : UidListParser.Parse(text);
    }

    /// <summary>Whether Courier has given UIDs that the list does not know of.</summary>
    public static bool IsAheadOf(DirectoryHandle mailbox, UidList list)
    {
        using FileHandle? file = Open(mailbox, Libc.O_RDONLY);
        return file is not null && ReadHeader(file) is { } header
            && header.UidValidity == list.UidValidity && header.NextUid > list.NextUid;
    }

    /// <summary>Adds what Courier has given UIDs to since the list was written.</summary>
    /// <returns>The list, or the one to be written in its place.</returns>
    public static UidList AddTo(DirectoryHandle mailbox, UidList list)
    {
        if (!IsAheadOf(mailbox, list) || Read(mailbox) is not { } courier)
        {
            return list;
        }

        var known = new HashSet<string>(list.Lines.Select(static line => line.Name), BaseNameComparer.Instance);
        return list.With(
            courier.NextUid, [.. list.Lines, .. courier.Lines.Where(line => line.Uid >= list.NextUid && !known.Contains(line.Name))]);
    }

    /// <summary>Adds lines before they are added to the mailbox's list. Durable on return; nothing is added on failure.</summary>
    /// <remarks>
    /// Power fails after step
    ///   1: Courier would leave UIDs out, and so do we;
    ///   2: perhaps the lines, or part of the last one, which names no message then;
    ///   3: the lines.
    /// </remarks>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="lines">Messages, ascending.</param>
    public static void Append(DirectoryHandle mailbox, IReadOnlyList<UidLine> lines)
    {
        using FileHandle? file = lines.Count == 0 ? null : Open(mailbox, Libc.O_RDWR);
        if (file is null || ReadHeader(file) is not { UidValidity: var uidValidity } header
            || UidListFile.ReadHeader(mailbox)?.UidValidity != uidValidity)
        {
            return;
        }

        uint nextUid = Math.Max(header.NextUid, lines[^1].Uid + 1);
        long octets = file.Stat().Octets;
        if (!CanGrow(file, octets))
        {
            if (Read(mailbox) is { } list)
            {
                list.Lines.AddRange(lines.Where(line => list.Lines.Count == 0 || line.Uid > list.Lines[^1].Uid));
                Write(mailbox, uidValidity, Math.Max(nextUid, list.NextUid), list.Lines);
            }

            return;
        }

        try
        {
            file.Write(0, Encoding.ASCII.GetBytes(Header(uidValidity, nextUid)));
            file.Sync(); // 1
            file.Write(octets, Encoding.Latin1.GetBytes(Lines(lines))); // 2
            file.Sync(); // 3
        }
        catch (UnixException)
        {
            file.SetLength(octets);
            throw;
        }
    }

    /// <summary>Puts a list in its place, before it is put in place of the mailbox's own. Durable on return.</summary>
    public static void Replace(DirectoryHandle mailbox, UidList list)
    {
        using FileHandle? file = Open(mailbox, Libc.O_RDONLY);
        if (file is not null && ReadHeader(file) is { } header && header.UidValidity == list.UidValidity)
        {
            Write(mailbox, list.UidValidity, Math.Max(list.NextUid, header.NextUid), list.Lines);
        }
    }

    /// <summary>Gives a new mailbox what Courier keeps, when Courier has served the tree.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="mailbox">The mailbox, which nobody knows of yet.</param>
    /// <param name="list">Its list.</param>
    public static void Begin(DirectoryHandle root, DirectoryHandle mailbox, UidList list)
    {
        using FileHandle? file = Open(root, Libc.O_RDONLY);
        if (file is not null)
        {
            Write(mailbox, list.UidValidity, list.NextUid, list.Lines);
            mailbox.TryMakeDirectory(CourierKeywords.DirectoryName);
        }
    }

    // What is no file is not Courier's.
    private static FileHandle? Open(DirectoryHandle mailbox, int flags)
    {
        Errno error = mailbox.TryOpenFile(FileName, flags, out FileHandle? file);
        switch (error)
        {
            case Errno.None when file!.Stat().Kind == FileKind.Regular:
                return file;
            case Errno.None:
                file!.Dispose();
                return null;
            case Errno.ENOENT or Errno.ELOOP or Errno.EISDIR or Errno.ENXIO:
                return null;
            default:
                throw new UnixException("openat", FileName, error);
        }
    }

    private static UidList? ReadHeader(FileHandle file)
    {
        Span<byte> text = stackalloc byte[64];
        text = text[..file.Read(0, text)];
        int end = text.IndexOf((byte)'\n');
        return end >= 0 && text.StartsWith("1 "u8) ? UidListParser.ParseHeader(text[..end]) : null;
    }

    private static bool CanGrow(FileHandle file, long octets)
    {
        Span<byte> text = stackalloc byte[HeaderOctets];
        Span<byte> last = stackalloc byte[1];
        return file.Read(0, text) == HeaderOctets && text.IndexOf((byte)'\n') == HeaderOctets - 1
            && file.Read(octets - 1, last) == 1 && last[0] == (byte)'\n';
    }

    private static void Write(DirectoryHandle mailbox, uint uidValidity, uint nextUid, List<UidLine> lines) =>
        SmallFile.Replace(mailbox, FileName, Header(uidValidity, nextUid) + Lines(lines));

    private static string Header(uint uidValidity, uint nextUid) =>
        string.Create(CultureInfo.InvariantCulture, $"1 {uidValidity:D10} {nextUid:D10}\n");

    private static string Lines(IEnumerable<UidLine> lines)
    {
        var text = new StringBuilder();
        foreach (UidLine line in lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"{line.Uid} {MessageName.Base(line.Name)}\n");
        }

        return text.ToString();
    }
}
