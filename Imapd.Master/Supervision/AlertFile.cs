using System.Text;
using Imapd.Master.Native;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;
using Serilog;

namespace Imapd.Master.Supervision;

/// <summary>
/// What the administrator has to say to everybody (RFC 9051 §7.1, ALERT), from a file that may come, change and go at any
/// time. A user hears it once from each address, so that clients which log in every minute do not show it every minute.
/// </summary>
/// <param name="path">The file, text in UTF-8, on a disk of the host: it is looked at during each login.</param>
/// <param name="log">Where it is told that it cannot be read.</param>
internal sealed class AlertFile(string path, ILogger log)
{
    // It goes to the worker in one text, and clients show it in a box that has to be clicked away.
    private const int MaxOctets = 4096;
    private const int MaxLines = 5;
    private const int MaxLineLetters = 300;

    // Who has heard it; when there are more, some hear it twice.
    private const int MaxHeard = 10_000;

    private readonly Lock _lock = new();
    private readonly HashSet<(string User, SourceAddress Source)> _heard = [];
    private (long Modified, long Nanoseconds, ulong Inode, long Octets) _version;
    private string _text = "";
    private string? _trouble;

    /// <summary>What a user who logs in is to hear, a line each; empty when there is nothing, or nothing new.</summary>
    public string TextFor(string user, SourceAddress source)
    {
        lock (_lock)
        {
            Look();
            if (_heard.Count >= MaxHeard)
            {
                _heard.Clear();
            }
            return _text.Length > 0 && _heard.Add((user, source)) ? _text : "";
        }
    }

    /// <summary>At most <see cref="MaxLines"/> lines of letters, without control characters.</summary>
    internal static string Harmless(ReadOnlySpan<byte> octets)
    {
        IEnumerable<string> lines = Encoding.UTF8.GetString(octets)
            .Split('\n')
            .Select(line => string.Concat(line.Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim())
            .Where(line => line.Length > 0)
            .Select(line => line.Length <= MaxLineLetters ? line : line[..MaxLineLetters]);
        return string.Join('\n', lines.Take(MaxLines));
    }

    private void Look()
    {
        using SafeFileHandle? file = RegularFile.TryOpen(path, out Stat stat, out string? problem);
        if (file is null)
        {
            Forget(problem == RegularFile.Missing ? null : problem);
            return;
        }
        (long, long, ulong, long) version = (stat.st_mtime, stat.st_mtime_nsec, stat.st_ino, stat.st_size);
        if (version == _version)
        {
            return;
        }
        try
        {
            byte[] octets = new byte[MaxOctets];
            int length = RandomAccess.Read(file, octets, 0);
            string text = Harmless(octets.AsSpan(0, length));
            _version = version;
            _trouble = null;
            if (text != _text)
            {
                _text = text;
                _heard.Clear();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Forget(error.Message);
        }
    }

    private void Forget(string? trouble)
    {
        _version = default;
        _text = "";
        _heard.Clear();
        if (trouble is not null && trouble != _trouble)
        {
            log.Warning("alert file not read path={Path} reason={Reason:q}", path, trouble);
        }
        _trouble = trouble;
    }
}
