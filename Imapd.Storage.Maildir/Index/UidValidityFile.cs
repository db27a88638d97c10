using System.Globalization;
using System.Text;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Index;

/// <summary>
/// Remembers the largest UIDVALIDITY ever given in a tree, so that a mailbox deleted and made again gets a larger one, also
/// when the clock went back.
/// </summary>
/// <remarks>
/// The number is in <c>imapd.uidvalidity</c> in the root, ten digits written in place under a lock on the file itself, which
/// is taken last and for a moment. Lines behind it are smaller ones that came with mail of another server. Dovecot keeps its own in the name of an empty file, <c>dovecot-uidvalidity.5f3c2a10</c>;
/// it is honoured, and renamed to ours, so that going back to Dovecot is safe as well.
/// </remarks>
internal static class UidValidityFile
{
    private const string FileName = "imapd.uidvalidity";
    private const string DovecotPrefix = "dovecot-uidvalidity.";
    private const int LineOctets = 11;

    // A hundred thousand mailboxes that came from elsewhere.
    private const long MaxOctets = 1 << 20;

    /// <summary>A UIDVALIDITY larger than any given in this tree before. Durable on return.</summary>
    /// <param name="root">The tree's root.</param>
    /// <param name="patience">Waits for the lock.</param>
    public static uint Next(DirectoryHandle root, Watch.Patience patience)
    {
        using FileHandle file = root.OpenFile(FileName, Libc.O_RDWR | Libc.O_CREAT);
        patience.Wait(() => OfdLock.TryLock(file));
        string? dovecotName = DovecotName(root);
        uint largest = Math.Max(Read(file), NumberOf(dovecotName));
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        long next = Math.Max(largest + 1L, Math.Clamp(now, 1, uint.MaxValue));
        if (next > uint.MaxValue)
        {
            throw new StoreException(StoreError.Limit, "No UIDVALIDITY is left to give");
        }

        file.Write(0, Encoding.ASCII.GetBytes(next.ToString("D10", CultureInfo.InvariantCulture) + "\n"));
        file.Sync();
        if (dovecotName is not null)
        {
            root.TryRename(dovecotName, root, DovecotPrefix + next.ToString("x8", CultureInfo.InvariantCulture));
        }

        root.Sync();
        return (uint)next;
    }

    /// <summary>Whether a UIDVALIDITY is the largest given here, or came from another server.</summary>
    public static bool IsGiven(DirectoryHandle root, uint uidValidity)
    {
        using FileHandle file = root.OpenFile(FileName, Libc.O_RDWR | Libc.O_CREAT);
        return Lines(file).Contains(uidValidity);
    }

    /// <summary>Notes a UIDVALIDITY that came from another server, so that it is given to no other mailbox. Durable on return.</summary>
    public static void Note(DirectoryHandle root, Watch.Patience patience, uint uidValidity)
    {
        using FileHandle file = root.OpenFile(FileName, Libc.O_RDWR | Libc.O_CREAT);
        patience.Wait(() => OfdLock.TryLock(file));
        if (Lines(file).Contains(uidValidity))
        {
            return;
        }

        long end = Read(file) < uidValidity ? 0 : file.Stat().Octets / LineOctets * LineOctets;
        file.Write(end, Encoding.ASCII.GetBytes(uidValidity.ToString("D10", CultureInfo.InvariantCulture) + "\n"));
        file.Sync();
        root.Sync();
    }

    private static HashSet<uint> Lines(FileHandle file)
    {
        byte[] text = new byte[Math.Min(file.Stat().Octets, MaxOctets)];
        return [.. Encoding.ASCII.GetString(text, 0, file.Read(0, text)).Split('\n')
            .Select(static line => uint.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : 0)];
    }

    private static uint Read(FileHandle file)
    {
        Span<byte> text = stackalloc byte[10];
        int read = file.Read(0, text);
        return uint.TryParse(text[..read], NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : 0;
    }

    private static uint NumberOf(string? dovecotName) =>
        dovecotName is not null && uint.TryParse(
            dovecotName.AsSpan(DovecotPrefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint number)
            ? number
            : 0;

    private static string? DovecotName(DirectoryHandle root)
    {
        string? largest = null;
        foreach (Scan.DirectoryEntry entry in Scan.DirectoryReader.Read(root))
        {
            if (entry.Name.StartsWith(DovecotPrefix, StringComparison.Ordinal) && NumberOf(entry.Name) > NumberOf(largest))
            {
                largest = entry.Name;
            }
        }

        return largest;
    }
}
