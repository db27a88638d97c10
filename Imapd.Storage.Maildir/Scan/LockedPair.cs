using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Two mailboxes under their locks, looked at; or one, which is both. The locks end with it.</summary>
internal sealed class LockedPair : IDisposable
{
    private LockedPair(LockedMailbox from, LockedMailbox to)
    {
        From = from;
        To = to;
    }

    /// <summary>The mailbox that messages are taken from.</summary>
    public LockedMailbox From { get; }

    /// <summary>The mailbox that they come to.</summary>
    public LockedMailbox To { get; }

    /// <summary>Takes the locks, and looks.</summary>
    /// <remarks>
    /// All sessions take the one with the smaller inode first, so none waits for another that waits for it. The inode
    /// counts before the device: hosts that share the files number devices differently.
    /// </remarks>
    /// <exception cref="StoreException"><see cref="StoreError.InUse"/> when one of them cannot be had in time.</exception>
    public static LockedPair Lock(MailboxLook from, MailboxLook to)
    {
        if (ReferenceEquals(from, to))
        {
            LockedMailbox both = from.Lock();
            return new LockedPair(both, both);
        }

        bool isFromFirst = IsBefore(from.Files.Directory.Stat(), to.Files.Directory.Stat());
        LockedMailbox first = (isFromFirst ? from : to).Lock();
        try
        {
            LockedMailbox second = (isFromFirst ? to : from).Lock();
            return isFromFirst ? new LockedPair(first, second) : new LockedPair(second, first);
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        From.Dispose();
        To.Dispose();
    }

    private static bool IsBefore(FileStat one, FileStat other) =>
        one.Inode < other.Inode || (one.Inode == other.Inode && one.Device < other.Device);
}
