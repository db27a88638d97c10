using Imapd.Storage.Maildir.Native;

namespace Imapd.Tests.Storage.Look;

/// <summary>Counts what this thread asks of the disk, and how often it lists the directories that messages are in.</summary>
internal sealed class CallCounter : CallSeam, IDisposable
{
    private readonly Dictionary<nint, string> _open = [];
    private readonly Func<DiskCallKind, string, Errno> _refuse;
    private int _taken;

    public CallCounter(Func<DiskCallKind, string, Errno>? refuse = null)
    {
        _refuse = refuse ?? (static (_, _) => Errno.None);
        Current = this;
    }

    /// <summary>By how much older every file looks than it is.</summary>
    public long AgeNanoseconds { get; init; }

    /// <summary>All calls.</summary>
    public int Calls { get; private set; }

    /// <summary>Listings of <c>new/</c> and <c>cur/</c>.</summary>
    public int Listings { get; private set; }

    public override FileStat Seen(in FileStat stat) => stat with { ChangedNanoseconds = stat.ChangedNanoseconds - AgeNanoseconds };

    /// <summary>How many calls there were since the last time.</summary>
    public int Take()
    {
        int calls = Calls - _taken;
        _taken = Calls;
        return calls;
    }

    public void Dispose() => Current = null;

    protected override Errno Before(in DiskCall call) => _refuse(call.Kind, NameOf(call.Path));

    protected override void After(in DiskCall call, nint result)
    {
        Calls++;
        if (call.Kind == DiskCallKind.Open && result >= 0)
        {
            _open[result] = NameOf(call.Path);
        }
        else if (call.Kind == DiskCallKind.List && _open.TryGetValue(call.At!.DangerousGetHandle(), out string? name) && name is "new" or "cur")
        {
            Listings++;
        }
    }

    private static string NameOf(ReadOnlySpan<byte> path) => path.IsEmpty ? "" : System.Text.Encoding.Latin1.GetString(path[..^1]);
}
