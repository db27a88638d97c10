using Imapd.Storage.Maildir.Native;

namespace Imapd.Tests.Storage;

/// <summary>Counts what the store asks the kernel on this thread, and lets every file look as if it had changed an hour ago.</summary>
internal sealed class CallCounter : CallSeam, IDisposable
{
    private const long HourNanoseconds = 3_600_000_000_000;
    private int _calls;

    public CallCounter() => Current = this;

    /// <summary>How many calls there were since the last time.</summary>
    public int Take()
    {
        int calls = _calls;
        _calls = 0;
        return calls;
    }

    public override FileStat Seen(in FileStat stat) => stat with { ChangedNanoseconds = stat.ChangedNanoseconds - HourNanoseconds };

    public void Dispose() => Current = null;

    protected override Errno Before(in DiskCall call)
    {
        _calls++;
        return Errno.None;
    }

    protected override void After(in DiskCall call, nint result)
    {
    }
}
