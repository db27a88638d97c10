using Microsoft.Win32.SafeHandles;

namespace Imapd.Storage.Maildir.Native;

/// <summary>An inotify instance (inotify(7)).</summary>
internal sealed class InotifyHandle : SafeHandleMinusOneIsInvalid
{
    public const uint Modify = 0x2;
    public const uint MovedFrom = 0x40;
    public const uint MovedTo = 0x80;
    public const uint Create = 0x100;
    public const uint Delete = 0x200;
    public const uint DeleteSelf = 0x400;
    public const uint MoveSelf = 0x800;
    public const uint OnlyDirectory = 0x01000000;

    private InotifyHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>A new instance; null when the user has as many as he may (<c>max_user_instances</c>).</summary>
    public static InotifyHandle? TryMake()
    {
        int descriptor = Libc.inotify_init1(Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        return descriptor < 0 ? null : new InotifyHandle(descriptor);
    }

    /// <summary>Watches a path; false when there are no watches left or it is gone.</summary>
    public bool TryWatch(string path, uint mask) =>
        Libc.inotify_add_watch(this, Octets.ToC(path, stackalloc byte[Octets.NameBuffer]), mask) >= 0;

    /// <summary>Reads away all events.</summary>
    public void Drain()
    {
        Span<byte> events = stackalloc byte[4096];
        while (Libc.read(this, events, events.Length) > 0)
        {
        }
    }

    /// <inheritdoc />
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
