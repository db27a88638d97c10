using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;

namespace Imapd.Worker.Native;

/// <summary>A descriptor that becomes readable, for poll(2), when another thread says so (eventfd(2)); and stays so.</summary>
internal sealed partial class EventDescriptor : IDisposable
{
    private const int CloseOnExecNonBlocking = 0x8_0800;

    private readonly SafeFileHandle _handle;

    /// <summary>Makes one, not readable yet.</summary>
    /// <exception cref="SystemCallException">Out of descriptors.</exception>
    public EventDescriptor()
    {
        int descriptor = eventfd(0, CloseOnExecNonBlocking);
        _handle = descriptor == -1
            ? throw SystemCallException.FromLastError("eventfd", "")
            : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>To poll(2) for reading.</summary>
    public int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Makes it readable, for good.</summary>
    public unsafe void Set()
    {
        bool isHeld = false;
        try
        {
            _handle.DangerousAddRef(ref isHeld);
            ulong one = 1;
            _ = Syscall.write((int)_handle.DangerousGetHandle(), &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
        finally
        {
            if (isHeld)
            {
                _handle.DangerousRelease();
            }
        }
    }

    /// <summary>Closes it.</summary>
    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);
}
