using System.Collections.Concurrent;
using System.Diagnostics;
using Imapd.Tests.Differential;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Migration;

/// <summary>IMAP with a server that runs on standard input and output, as an ordinary user.</summary>
internal sealed class ImapPipe : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = [];
    private int _tag;

    /// <summary>Starts a server and waits for what it says when it is ready.</summary>
    public ImapPipe(string program, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment, string ready)
    {
        bool isRoot = Mono.Unix.Native.Syscall.geteuid() == 0;
        string[] asNobody = ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups", program];
        var start = new ProcessStartInfo(isRoot ? "setpriv" : program, isRoot ? [.. asNobody, .. arguments] : arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => _errors.Enqueue(line.Data ?? "");
        _process.BeginErrorReadLine();
        Talk = new ImapTalk(_process.StandardOutput.BaseStream, _process.StandardInput.BaseStream) { LastWords = LastWords };
        while (!ReadLine().Contains(ready, StringComparison.Ordinal))
        {
        }
    }

    /// <summary>The connection, for who wants to say more than one command.</summary>
    public ImapTalk Talk { get; }

    /// <summary>Gives a command that must succeed.</summary>
    /// <param name="command">The command, without its tag.</param>
    /// <param name="literal">What follows it as a literal.</param>
    /// <returns>The untagged answers.</returns>
    public List<string> Do(string command, string? literal = null)
    {
        string tag = $"t{++_tag}";
        List<string> answers = [];
        Write(literal is null ? $"{tag} {command}\r\n" : $"{tag} {command} {{{literal.Length}}}\r\n");
        while (true)
        {
            string line = ReadLine();
            if (line.StartsWith('+') && literal is not null)
            {
                Write(literal + "\r\n");
            }
            else if (line.StartsWith(tag, StringComparison.Ordinal))
            {
                Assert.That(line, Does.StartWith(tag + " OK"), command);
                return answers;
            }
            else
            {
                answers.Add(line);
            }
        }
    }

    public void Dispose()
    {
        try
        {
            Write("bye LOGOUT\r\n");
            _process.StandardInput.Close();
            _process.WaitForExit(TimeSpan.FromSeconds(20));
        }
        catch (IOException)
        {
            // It is gone already.
        }
        finally
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            _process.Dispose();
        }
    }

    private void Write(string text) => Talk.Send(text);

    private string ReadLine()
    {
        if (Talk.ReadResponse() is { } line)
        {
            return line;
        }

        throw new IOException("the server has gone: " + LastWords());
    }

    private string LastWords()
    {
        _process.WaitForExit(TimeSpan.FromSeconds(5));
        return string.Join('\n', _errors);
    }
}
