using Imapd.Master.Native;
using Microsoft.Win32.SafeHandles;

namespace Imapd.Master.Spawning;

/// <summary>
/// One thread that takes the status of every child as it ends, so that none stays a zombie. It looks at process
/// descriptors, which tell of an end that came before they were watched as well: no exit is missed.
/// It lives as long as the process.
/// </summary>
internal sealed class Reaper
{
    private readonly Epoll _epoll = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, (SafeFileHandle Process, Action Ended)> _children = [];
    private ulong _lastNumber;

    public Reaper() => new Thread(Run) { IsBackground = true, Name = "reaper" }.Start();

    /// <summary>
    /// Calls <paramref name="ended"/> once, on the reaper's thread: it takes the child's status and must not wait for
    /// anything.
    /// </summary>
    /// <exception cref="SystemCallException">The kernel has no memory for it; the child is not watched.</exception>
    public void Watch(SafeFileHandle process, Action ended)
    {
        lock (_lock)
        {
            ulong number = ++_lastNumber;
            _children.Add(number, (process, ended));
            try
            {
                _epoll.Watch(process, number);
            }
            catch (SystemCallException)
            {
                _children.Remove(number);
                throw;
            }
        }
    }

    private void Run()
    {
        while (true)
        {
            foreach (ulong number in _epoll.Wait())
            {
                (SafeFileHandle Process, Action Ended) child;
                lock (_lock)
                {
                    if (!_children.Remove(number, out child))
                    {
                        continue;
                    }
                }
                _epoll.Forget(child.Process);
                child.Ended();
            }
        }
    }
}
