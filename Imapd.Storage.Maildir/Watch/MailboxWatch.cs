using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Watch;

/// <summary>Learns from the kernel that something may have changed in a mailbox (inotify(7)).</summary>
/// <remarks>
/// What happened is not read: the mailbox is looked at instead, which is right also when events were lost. Our own changes
/// are reported too and cost one look more.
/// </remarks>
internal sealed class MailboxWatch : IDisposable
{
    private const uint Messages = InotifyHandle.Create | InotifyHandle.MovedTo | InotifyHandle.MovedFrom | InotifyHandle.Delete
        | InotifyHandle.DeleteSelf | InotifyHandle.MoveSelf;

    // The UID list grows in place or is replaced, the keyword table is replaced.
    private const uint Lists = InotifyHandle.MovedTo | InotifyHandle.Modify | InotifyHandle.DeleteSelf | InotifyHandle.MoveSelf;

    private readonly InotifyHandle _inotify;

    private MailboxWatch(InotifyHandle inotify) => _inotify = inotify;

    /// <summary>To be polled for reading.</summary>
    public int Descriptor => (int)_inotify.DangerousGetHandle();

    /// <summary>Begins to watch a mailbox; null when the kernel grants no instance or no watch.</summary>
    public static MailboxWatch? TryBegin(MailboxFiles files)
    {
        InotifyHandle? inotify = InotifyHandle.TryMake();
        if (inotify is null)
        {
            return null;
        }

        string path = files.Path;
        if (inotify.TryWatch(path + "/new", Messages | InotifyHandle.OnlyDirectory)
            && inotify.TryWatch(path + "/cur", Messages | InotifyHandle.OnlyDirectory)
            && inotify.TryWatch(path, Lists | InotifyHandle.OnlyDirectory))
        {
            return new MailboxWatch(inotify);
        }

        inotify.Dispose();
        return null;
    }

    /// <summary>Reads the events away.</summary>
    public void Drain() => _inotify.Drain();

    /// <inheritdoc />
    public void Dispose() => _inotify.Dispose();
}
