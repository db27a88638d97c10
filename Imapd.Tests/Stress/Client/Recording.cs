using System.Globalization;

namespace Imapd.Tests.Stress.Client;

/// <summary>The last lines of what somebody did and heard, to be read when something has gone wrong.</summary>
internal sealed class Recording(string name)
{
    private const int MaxLines = 1500;
    private const int MaxLineLength = 400;
    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();

    public string Name { get; } = name;

    public void Add(string who, string what)
    {
        string shown = what.Length > MaxLineLength ? what[..MaxLineLength] + "…" : what;
        string line = string.Create(
            CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.ffffff} {who} {shown.Replace("\r\n", "⏎", StringComparison.Ordinal)}");
        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > MaxLines)
            {
                _lines.Dequeue();
            }
        }
    }

    public void WriteTo(string directory)
    {
        lock (_gate)
        {
            File.WriteAllLines(Path.Combine(directory, Name + ".log"), _lines);
        }
    }
}
