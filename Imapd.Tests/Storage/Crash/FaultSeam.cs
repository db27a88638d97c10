using Imapd.Storage.Maildir.Native;

namespace Imapd.Tests.Storage.Crash;

/// <summary>Stops the world at a call, or lets one call fail, for what the thread does while it is in place.</summary>
internal class FaultSeam : CallSeam, IDisposable
{
    private readonly CallSeam? _outer = Current;

    public FaultSeam() => Current = this;

    /// <summary>Which calls count; changes of the disk, unless said otherwise.</summary>
    public Func<DiskCallKind, bool> Counts { get; init; } = IsChangeKind;

    /// <summary>The number of the call that is not made any more, and none after it; 0 for never.</summary>
    public int StopAt { get; init; }

    /// <summary>The number of the one call that fails; 0 for none.</summary>
    public int FailAt { get; init; }

    /// <summary>What it fails with.</summary>
    public Errno Failure { get; init; }

    /// <summary>How many calls there were.</summary>
    public int Count { get; private set; }

    /// <summary>Whether the world was stopped: nothing that happened after it was told to anybody.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>What the call was that failed or at which the world stopped.</summary>
    public string Victim { get; private set; } = "none";

    /// <summary>Whether a call failed as asked.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether watches are to be had: closing one takes the kernel milliseconds.</summary>
    public bool GrantsWatches { get; init; } = true;

    public static bool IsChangeKind(DiskCallKind kind) => new DiskCall { Kind = kind }.IsChange;

    /// <summary>What the manual pages say each call may fail with, as far as a test can want it.</summary>
    public static bool CanFail(DiskCallKind kind, Errno error) => error switch
    {
        Errno.EIO => kind is not DiskCallKind.Watch,
        Errno.EINTR => kind is DiskCallKind.Create or DiskCallKind.Open or DiskCallKind.Write or DiskCallKind.Read
            or DiskCallKind.Truncate or DiskCallKind.Sync or DiskCallKind.Lock,
        Errno.ENOSPC or Errno.EDQUOT => kind is DiskCallKind.Create or DiskCallKind.Write or DiskCallKind.MakeDirectory
            or DiskCallKind.Link or DiskCallKind.Rename or DiskCallKind.Sync,
        Errno.EROFS => kind is DiskCallKind.Create or DiskCallKind.MakeDirectory or DiskCallKind.Link or DiskCallKind.Rename
            or DiskCallKind.Unlink or DiskCallKind.SetTimes,
        Errno.EACCES => kind is DiskCallKind.Create or DiskCallKind.Open or DiskCallKind.MakeDirectory or DiskCallKind.Link
            or DiskCallKind.Rename or DiskCallKind.Unlink or DiskCallKind.SetTimes,
        Errno.EMFILE or Errno.ENFILE => kind is DiskCallKind.Create or DiskCallKind.Open or DiskCallKind.Watch,
        _ => false,
    };

    public void Dispose() => Current = _outer;

    /// <summary>Does something the seam does not hear of.</summary>
    protected static T Unseen<T>(Func<T> action)
    {
        CallSeam? current = Current;
        Current = null;
        try
        {
            return action();
        }
        finally
        {
            Current = current;
        }
    }

    protected override Errno Before(in DiskCall call)
    {
        if (IsStopped && call.IsChange)
        {
            return Errno.EIO;
        }

        if (call.Kind == DiskCallKind.Watch && !GrantsWatches)
        {
            return Errno.EMFILE;
        }

        if (!Counts(call.Kind))
        {
            return Errno.None;
        }

        Count++;
        if (Count == StopAt)
        {
            IsStopped = true;
            Victim = Describe(call);
            return Errno.EIO;
        }

        if (Count == FailAt)
        {
            HasFailed = true;
            Victim = Describe(call);
            return Failure;
        }

        return Errno.None;
    }

    protected override void After(in DiskCall call, nint result)
    {
    }

    private static string Describe(in DiskCall call)
    {
        string text = $"{call.Kind} {Text(call.Path)}";
        return call.ToPath.IsEmpty ? text : $"{text} {Text(call.ToPath)}";
    }

    private static string Text(ReadOnlySpan<byte> path) => System.Text.Encoding.Latin1.GetString(path).TrimEnd('\0');
}
