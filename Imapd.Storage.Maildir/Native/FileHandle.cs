using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Imapd.Storage.Maildir.Native;

/// <summary>An open file. Reads and writes name their place, so the descriptor has no position to share.</summary>
internal sealed class FileHandle : SafeHandleMinusOneIsInvalid
{
    private readonly string _name;

    public FileHandle(int descriptor, string name)
        : base(ownsHandle: true)
    {
        _name = name;
        SetHandle(descriptor);
    }

    /// <summary>Reads until the buffer is full or the file ends.</summary>
    /// <returns>How many octets were read.</returns>
    public int Read(long offset, Span<byte> buffer)
    {
        int filled = 0;
        while (filled < buffer.Length)
        {
            nint got = Libc.pread(this, buffer[filled..], buffer.Length - filled, offset + filled);
            if (got == -1)
            {
                ThrowUnlessInterrupted("pread");
                continue;
            }

            if (got == 0)
            {
                break;
            }

            filled += (int)got;
        }

        return filled;
    }

    /// <summary>Reads once.</summary>
    /// <returns>How many octets there were; -1 when it failed, as it does with what is no file.</returns>
    public int TryReadOnce(long offset, Span<byte> buffer) => (int)Libc.pread(this, buffer, buffer.Length, offset);

    /// <summary>Writes all of it. On failure some of it may have been written.</summary>
    public void Write(long offset, ReadOnlySpan<byte> octets)
    {
        while (octets.Length > 0)
        {
            nint put = Libc.pwrite(this, octets, octets.Length, offset);
            if (put == -1)
            {
                ThrowUnlessInterrupted("pwrite");
                continue;
            }

            octets = octets[(int)put..];
            offset += put;
        }
    }

    /// <summary>Cuts or extends the file.</summary>
    public void SetLength(long octets)
    {
        while (Libc.ftruncate(this, octets) == -1)
        {
            ThrowUnlessInterrupted("ftruncate");
        }
    }

    /// <summary>Sets mtime, which is the internal date, and atime with it.</summary>
    /// <param name="time">Beyond what <see cref="FileStat"/> can tell it is the nearest that it can.</param>
    public void SetModified(DateTimeOffset time)
    {
        long ticks = time.UtcTicks - DateTime.UnixEpoch.Ticks;
        ticks = Math.Clamp(ticks, FileStat.MinSeconds * TimeSpan.TicksPerSecond, FileStat.MaxSeconds * TimeSpan.TicksPerSecond);
        long seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long rest);
        if (rest < 0)
        {
            seconds--;
            rest += TimeSpan.TicksPerSecond;
        }

        if (Libc.futimens(this, [seconds, rest * 100, seconds, rest * 100]) == -1)
        {
            throw UnixException.FromLastError("futimens", _name);
        }
    }

    /// <summary>Makes what was written survive a power failure.</summary>
    public void Sync()
    {
        while (Libc.fsync(this) == -1)
        {
            ThrowUnlessInterrupted("fsync");
        }
    }

    /// <summary>What the open file is.</summary>
    public FileStat Stat()
    {
        Errno error = FileStat.TryGet(this, string.Empty, true, out FileStat stat);
        return error == Errno.None ? stat : throw new UnixException("statx", _name, error);
    }

    /// <inheritdoc />
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;

    private void ThrowUnlessInterrupted(string call)
    {
        var error = (Errno)Marshal.GetLastPInvokeError();
        if (error != Errno.EINTR)
        {
            throw new UnixException(call, _name, error);
        }
    }
}
