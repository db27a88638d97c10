using System.Globalization;
using System.Text;
using Serilog;

namespace Imapd.Master.Supervision;

/// <summary>
/// Counters as a file in Prometheus' text format, for the textfile collector of node_exporter: written beside its place and
/// renamed, so that whoever reads it finds all of it. It is not synced: after a power failure it is written anew.
/// </summary>
internal sealed class MetricsFile(string path, ILogger log) : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    private const UnixFileMode Readable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly Lock _lock = new();
    private string? _complaint;
    private long? _writtenAt;
    private bool _isOver;

    /// <summary>The text: a line for each number, with its kind and meaning above.</summary>
    /// <param name="counters">The numbers that grow.</param>
    /// <param name="connections">Connections now.</param>
    /// <param name="loggedIn">How many of them are logged in.</param>
    public static string Text(Counters counters, int connections, int loggedIn)
    {
        var text = new StringBuilder();
        foreach (IGrouping<string, CounterRow> metric in Counters.Rows.GroupBy(row => row.Metric))
        {
            Head(text, metric.Key, metric.First().Help, "counter");
            foreach (CounterRow row in metric)
            {
                string label = row.Label.Length == 0 ? "" : $"{{{row.Label}}}";
                text.Append(CultureInfo.InvariantCulture, $"{row.Metric}{label} {counters.Read(row.Counter)}\n");
            }
        }
        Head(text, "imapd_sessions", "Connections now.", "gauge");
        text.Append(CultureInfo.InvariantCulture, $"imapd_sessions{{state=\"authenticated\"}} {loggedIn}\n");
        text.Append(CultureInfo.InvariantCulture, $"imapd_sessions{{state=\"not-authenticated\"}} {connections - loggedIn}\n");
        return text.ToString();
    }

    /// <summary>Writes it, without being waited for, when it is time to. Called every second.</summary>
    /// <param name="make">Makes the text.</param>
    public void Tick(Func<string> make)
    {
        long now = Environment.TickCount64;
        if (_writtenAt is null || now - _writtenAt >= Every.TotalMilliseconds)
        {
            _writtenAt = now;
            _ = Task.Run(() => Write(make()));
        }
    }

    /// <summary>Writes no more: the file belongs to another process from now on.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _isOver = true;
        }
    }

    /// <summary>Removes the file, unless it was left: numbers of a server that is gone would look as if it served.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                _isOver = true;
                Try(() => File.Delete(path));
            }
        }
    }

    private static void Head(StringBuilder text, string metric, string help, string kind) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {metric} {help}\n# TYPE {metric} {kind}\n");

    private void Write(string text)
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                Try(() => Replace(text));
            }
        }
    }

    private void Replace(string text)
    {
        string beside = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}");
        File.Delete(beside);
        using (var file = new FileStream(beside, FileMode.CreateNew, FileAccess.Write)) // what somebody may have put there is not followed
        {
            File.SetUnixFileMode(file.SafeFileHandle, Readable); // whatever the umask, which a service has at 077
            file.Write(Encoding.UTF8.GetBytes(text));
        }
        File.Move(beside, path, overwrite: true);
    }

    // Said once, and again when it is another mistake: every 15 s would be noise.
    private void Try(Action action)
    {
        try
        {
            action();
            _complaint = null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (_complaint != error.Message)
            {
                _complaint = error.Message;
                log.Warning("metrics not written file={File} reason={Reason:q}", path, error.Message);
            }
        }
    }
}
