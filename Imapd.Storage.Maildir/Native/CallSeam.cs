namespace Imapd.Storage.Maildir.Native;

/// <summary>
/// The seam between the store and the kernel: everything the store does to the disk passes here, so that a test can stop the
/// world after any call, let any call fail, and know what was on the disk by then. Nothing in the store sets it.
/// </summary>
/// <remarks>
/// It belongs to a thread, as a session does. Without one, a call costs one look at a field more. A new C function that reads
/// or changes a file goes into DiskCalls.cs in the same way, or the proofs of what a crash leaves do not know of it.
/// </remarks>
internal abstract class CallSeam
{
    [ThreadStatic]
    private static CallSeam? _current;

    /// <summary>This thread's; null in production.</summary>
    public static CallSeam? Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>Whether the call is not to be made; errno is set then, and the caller returns -1.</summary>
    public bool Refuses(in DiskCall call)
    {
        Errno error = Before(call);
        if (error == Errno.None)
        {
            return false;
        }

        System.Runtime.InteropServices.Marshal.SetLastPInvokeError((int)error);
        return true;
    }

    /// <summary>Hears of a call that was made; errno stays what the kernel made it.</summary>
    public nint Made(in DiskCall call, nint result)
    {
        int error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
        After(call, result);
        System.Runtime.InteropServices.Marshal.SetLastPInvokeError(error);
        return result;
    }

    /// <summary>What statx(2) told; a test that has put a tree together again may answer with the inode and times of the original.</summary>
    public virtual FileStat Seen(in FileStat stat) => stat;

    /// <summary>Asked before each call.</summary>
    /// <returns><see cref="Errno.None"/> to let it happen, or what it fails with.</returns>
    protected abstract Errno Before(in DiskCall call);

    /// <summary>Told of each call that was made.</summary>
    /// <param name="call">The call.</param>
    /// <param name="result">What it returned; -1 when it failed.</param>
    protected abstract void After(in DiskCall call, nint result);
}
