using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Watch;

/// <summary>
/// The inotify instance of a store (inotify(7)), shared by its mailboxes: ending an instance takes the kernel milliseconds,
/// ending a watch does not.
/// </summary>
/// <remarks>
/// A directory watched twice by one instance has one watch in the kernel; its events go to both who asked. The store may be
/// used by several threads, so everything here happens under one lock, which also guards what the mailboxes are told.
/// </remarks>
/// <param name="log">Told once when the kernel grants no more; null when nobody wants to know.</param>
internal sealed class Inotify(Action<string>? log) : IDisposable
{
    private const int BufferOctets = 16 * 1024;

    private readonly Dictionary<int, List<(MailboxWatch Watch, WatchedPart Part)>> _listeners = [];
    private InotifyHandle? _handle;
    private bool _isDisposed;
    private bool _isTold;

    /// <summary>Guards the instance and what its mailboxes were told.</summary>
    public Lock Gate { get; } = new();

    /// <summary>To be polled for reading; -1 when there is no instance.</summary>
    public int Descriptor => _handle is { IsClosed: false } ? (int)_handle.DangerousGetHandle() : -1;

    /// <summary>Begins to tell of a directory. Takes an instance from the kernel the first time.</summary>
    /// <returns>The watch; -1 when the kernel grants no instance or no watch, or the path leads nowhere.</returns>
    public int TryAdd(string path, uint mask, MailboxWatch watch, WatchedPart part)
    {
        lock (Gate)
        {
            _handle ??= _isDisposed ? null : InotifyHandle.TryMake();
            int number = _handle?.TryWatch(path, mask | InotifyHandle.OnlyDirectory) ?? -1;
            if (number < 0)
            {
                Tell((Errno)Marshal.GetLastPInvokeError());
            }
            else
            {
                if (!_listeners.TryGetValue(number, out List<(MailboxWatch Watch, WatchedPart Part)>? listeners))
                {
                    _listeners.Add(number, listeners = []);
                }

                listeners.Add((watch, part));
            }

            return number;
        }
    }

    /// <summary>Ends to tell a mailbox of a directory; the watch goes with the last who asked for it.</summary>
    public void Remove(int number, MailboxWatch watch)
    {
        lock (Gate)
        {
            if (_listeners.TryGetValue(number, out List<(MailboxWatch Watch, WatchedPart Part)>? listeners))
            {
                listeners.RemoveAll(listener => listener.Watch == watch);
                if (listeners.Count == 0)
                {
                    _listeners.Remove(number);
                    if (!_isDisposed)
                    {
                        _handle!.EndWatch(number);
                    }
                }
            }
        }
    }

    // One line for a session: the mailboxes it opens after this one fare no better.
    private void Tell(Errno error)
    {
        string? setting = error switch
        {
            Errno.EMFILE => "fs.inotify.max_user_instances, or its limit of open files,",
            Errno.ENOSPC => "fs.inotify.max_user_watches",
            _ => null,
        };
        if (setting is not null && !_isTold && !_isDisposed)
        {
            _isTold = true;
            log?.Invoke($"The kernel lets this user watch no more directories: {setting} is used up; new mail is looked for now and then instead");
        }
    }

    /// <summary>Reads all events there are and tells the mailboxes. The caller holds <see cref="Gate"/>.</summary>
    public void Read()
    {
        if (_isDisposed || _handle is null)
        {
            return;
        }

        Span<byte> buffer = stackalloc byte[BufferOctets];
        int octets;
        do
        {
            octets = _handle.Read(buffer);
            Tell(buffer[..octets]);
        }
        while (octets > BufferOctets - InotifyHandle.MaxEventOctets);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (Gate)
        {
            _isDisposed = true;
            _handle?.Dispose();
            _handle = null;
        }
    }

    // struct inotify_event: s32 watch, u32 mask, u32 cookie, u32 length of the name, name filled up with NULs.
    private void Tell(ReadOnlySpan<byte> events)
    {
        while (!events.IsEmpty)
        {
            int number = BinaryPrimitives.ReadInt32LittleEndian(events);
            uint mask = BinaryPrimitives.ReadUInt32LittleEndian(events[4..]);
            uint cookie = BinaryPrimitives.ReadUInt32LittleEndian(events[8..]);
            int length = BinaryPrimitives.ReadInt32LittleEndian(events[12..]);
            ReadOnlySpan<byte> name = events.Slice(InotifyHandle.HeadOctets, length);
            events = events[(InotifyHandle.HeadOctets + length)..];
            if ((mask & InotifyHandle.Overflow) != 0)
            {
                TellOfLoss();
            }
            else if (_listeners.TryGetValue(number, out List<(MailboxWatch Watch, WatchedPart Part)>? listeners))
            {
                int end = name.IndexOf((byte)0);
                foreach ((MailboxWatch watch, WatchedPart part) in listeners)
                {
                    watch.Note(part, mask, cookie, end < 0 ? name : name[..end]);
                }
            }
        }
    }

    private void TellOfLoss()
    {
        foreach (List<(MailboxWatch Watch, WatchedPart Part)> listeners in _listeners.Values)
        {
            foreach ((MailboxWatch watch, _) in listeners)
            {
                watch.Lose();
            }
        }
    }
}
