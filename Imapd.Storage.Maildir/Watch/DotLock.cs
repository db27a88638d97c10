using System.Globalization;
using System.Text;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Watch;

/// <summary>
/// Dovecot's lock on the UID list: whoever makes <c>dovecot-uidlist.lock</c> has it. The file says who, as
/// <c>pid:host</c>, the way Dovecot writes and reads it.
/// </summary>
/// <remarks>
/// The holder is taken for dead when it is one of ours, when it is a process of this host that is no more, or when the file
/// has not changed for as long as Dovecot waits (<see cref="StoreOptions.StaleLockSeconds"/>). Sessions of ours cannot meet
/// here: they hold the mailbox's <see cref="MailboxLock"/> first, which ends with its holder, on whatever host. So that ours
/// can be known from Dovecot's, they are executable; what they say is for Dovecot.
/// </remarks>
internal sealed class DotLock : IDisposable
{
    /// <summary>The lock file's name.</summary>
    public const string FileName = "dovecot-uidlist.lock";

    /// <summary>0700: the mark of our own.</summary>
    private const uint OwnMode = 0x1c0;

    private readonly DirectoryHandle _mailbox;

    private DotLock(DirectoryHandle mailbox) => _mailbox = mailbox;

    /// <summary>Takes the lock. The caller holds the mailbox's <see cref="MailboxLock"/>.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.InUse"/> when it cannot be had in time.</exception>
    public static DotLock Take(DirectoryHandle mailbox, StoreOptions options)
    {
        new Patience(options.LockWaitSeconds).Wait(() => TryTake(mailbox, options));
        return new DotLock(mailbox);
    }

    /// <inheritdoc />
    public void Dispose() => _mailbox.TryUnlink(FileName);

    private static bool TryTake(DirectoryHandle mailbox, StoreOptions options)
    {
        Errno error = mailbox.TryOpenFile(FileName, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL, out FileHandle? file, OwnMode);
        if (error == Errno.EEXIST)
        {
            RemoveIfStale(mailbox, options);
            return false;
        }

        if (error != Errno.None)
        {
            throw new UnixException("openat", FileName, error);
        }

        using (file)
        {
            try
            {
                file!.Write(0, Encoding.Latin1.GetBytes($"{Environment.ProcessId}:{Octets.FromText(options.HostName)}"));
            }
            catch (UnixException full) when (full.Errno is Errno.ENOSPC or Errno.EDQUOT)
            {
                // The lock is the file, not what it says; on a full disk others wait longer for a dead holder, no more.
                return true;
            }
            catch
            {
                mailbox.TryUnlink(FileName);
                throw;
            }
        }

        return true;
    }

    /// <summary>Whether there is a lock whose holder is taken for dead. The caller holds the mailbox's lock.</summary>
    public static bool IsStale(DirectoryHandle mailbox, StoreOptions options) => IsStale(mailbox, options, out _);

    private static bool IsStale(DirectoryHandle mailbox, StoreOptions options, out FileStat found)
    {
        found = default;
        if (mailbox.TryOpenFile(FileName, Libc.O_RDONLY, out FileHandle? file) != Errno.None)
        {
            return false;
        }

        using (file)
        {
            found = file!.Stat();
            Span<byte> text = stackalloc byte[300];
            text = text[..file.Read(0, text)];
            long ageSeconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - (found.ModifiedNanoseconds / 1_000_000_000);
            return found.IsExecutable || IsDead(Encoding.Latin1.GetString(text), options.HostName) || ageSeconds > options.StaleLockSeconds;
        }
    }

    private static void RemoveIfStale(DirectoryHandle mailbox, StoreOptions options)
    {
        if (IsStale(mailbox, options, out FileStat found)
            && mailbox.TryStat(FileName, false, out FileStat now) == Errno.None && now.Inode == found.Inode)
        {
            mailbox.TryUnlink(FileName);
        }
    }

    private static bool IsDead(string holder, string hostName)
    {
        int colon = holder.IndexOf(':');
        return colon > 0
            && holder.AsSpan(colon + 1).SequenceEqual(Octets.FromText(hostName))
            && int.TryParse(holder.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            && process > 0 && !ProcessLife.IsAlive(process);
    }
}
