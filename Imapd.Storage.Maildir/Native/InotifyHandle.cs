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
    public const uint Unmount = 0x2000;
    public const uint Overflow = 0x4000;
    public const uint Ignored = 0x8000;
    public const uint OnlyDirectory = 0x01000000;
    public const uint IsDirectory = 0x40000000;

    /// <summary>The longest event: its head and a name of 255 octets with its NUL.</summary>
    public const int MaxEventOctets = HeadOctets + 256;

    /// <summary>The head of an event: watch, mask, cookie and length of the name, 32 bits each.</summary>
    public const int HeadOctets = 16;

    private InotifyHandle(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>A new instance; null when the user has as many as he may (<c>max_user_instances</c>).</summary>
    public static InotifyHandle? TryMake()
    {
        int descriptor = Libc.inotify_init1(Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        return descriptor < 0 ? null : new InotifyHandle(descriptor);
    }

    /// <summary>Watches a path; the watch's number, or -1 when there are no watches left or the path leads nowhere.</summary>
    public int TryWatch(string path, uint mask) =>
        Libc.inotify_add_watch(this, Octets.ToC(path, stackalloc byte[Octets.NameBuffer]), mask);

    /// <summary>Ends a watch; one that the kernel has ended already is no error.</summary>
    public void EndWatch(int watch) => _ = Libc.inotify_rm_watch(this, watch);

    /// <summary>Reads events.</summary>
    /// <param name="buffer">Filled with whole events; at least <see cref="MaxEventOctets"/> long.</param>
    /// <returns>How many octets they take; 0 when there are none.</returns>
    public int Read(Span<byte> buffer) => (int)Math.Max(Libc.read(this, buffer, buffer.Length), 0);

    /// <inheritdoc />
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
