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
/// is taken last and for a moment. Dovecot keeps its own in the name of an empty file, <c>dovecot-uidvalidity.5f3c2a10</c>;
/// it is honoured, and renamed to ours, so that going back to Dovecot is safe as well.
/// </remarks>
internal static class UidValidityFile
{
    private const string FileName = "imapd.uidvalidity";
    private const string DovecotPrefix = "dovecot-uidvalidity.";

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
