using System.Net.Sockets;
using System.Text;
using Imapd.Protocol.Handoff;
using Imapd.Tests.Responses;
using Imapd.Worker.Session;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>
/// A client and the session that serves it, which runs on a thread of its own as in the worker. What is read line by line has
/// been parsed as responses before, strictly.
/// </summary>
internal sealed class TestClient : IDisposable
{
    private const int PatienceMilliseconds = 30_000;

    private readonly ManualResetEventSlim _tlsIsReady = new();
    private readonly Thread _thread;
    private readonly List<byte> _received = [];
    private readonly ResponseStream _responses = new();
    private Socket _socket;
    private Socket? _tlsSocket;

    public TestClient(TestHost host, SessionOptions options, RawLog? rawLog = null)
    {
        Host = host;
        (int served, int own) = SocketPair.CreateDescriptors();
        _socket = Connected(own);
        host.TlsHandshake = StartTls;
        _thread = new Thread(() => Serve(served, options, rawLog), maxStackSize: 1024 * 1024) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>The process around the session, as far as there is one.</summary>
    public TestHost Host { get; }

    /// <summary>Sends octets given as characters U+0000 to U+00FF.</summary>
    public TestClient Send(string octets) => Send(Encoding.Latin1.GetBytes(octets));

    /// <summary>Sends octets.</summary>
    public TestClient Send(byte[] octets)
    {
        _socket.Send(octets);
        return this;
    }

    /// <summary>Reads a line, characters U+0000 to U+00FF for octets, without its line end; null at the end.</summary>
    public string? ReadLine()
    {
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            int lineFeed = _received.IndexOf((byte)'\n');
            if (lineFeed >= 0)
            {
                string line = Encoding.Latin1.GetString([.. _received[..lineFeed]]);
                _received.RemoveRange(0, lineFeed + 1);
                Assert.That(line, Does.EndWith("\r"), "Every line ends with CRLF");
                return line[..^1];
            }

            int octets = Receive(buffer);
            if (octets == 0)
            {
                return null;
            }

            _received.AddRange(buffer.AsSpan(0, octets));
            _responses.Add(buffer.AsSpan(0, octets));
            while (_responses.TryTake() is not null)
            {
                // It is the grammar, or an exception has been thrown.
            }
        }
    }

    /// <summary>Takes what has arrived, and waits for something when nothing has; 0 at the end. Not to be mixed with lines.</summary>
    public int Receive(byte[] buffer)
    {
        try
        {
            return _socket.Receive(buffer);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }

    /// <summary>Sends a command and reads all lines up to its answer, which is the last.</summary>
    public IReadOnlyList<string> Command(string tagged)
    {
        string tag = tagged[..(tagged.IndexOf(' ', StringComparison.Ordinal) + 1)];
        Send(tagged + "\r\n");
        var lines = new List<string>();
        while (true)
        {
            string line = ReadLine() ?? throw new AssertionException($"The server closed after {tagged}");
            lines.Add(line);
            if (line.StartsWith(tag, StringComparison.Ordinal))
            {
                return lines;
            }
        }
    }

    /// <summary>
    /// Has a conversation: sends the C lines, and expects the S lines, "…" in them standing for anything, and alone for
    /// any lines up to one that is as the next S line says. C lines that follow one another are sent together, as by a client
    /// that does not wait.
    /// </summary>
    public TestClient Converse(string transcript)
    {
        bool mayBeOthers = false;
        string unsent = "";
        foreach ((bool isClient, string text) in Transcript.Parse(transcript))
        {
            if (isClient)
            {
                unsent += text + "\r\n";
                continue;
            }

            SendIfAny(ref unsent);
            if (text == "…")
            {
                mayBeOthers = true;
            }
            else
            {
                Expect(text, mayBeOthers);
                mayBeOthers = false;
            }
        }

        SendIfAny(ref unsent);
        return this;
    }

    /// <summary>Waits for the other stream that STARTTLS brings, and goes on with it.</summary>
    public TestClient AwaitTls()
    {
        Assert.That(_tlsIsReady.Wait(PatienceMilliseconds), Is.True, "STARTTLS did not change the stream");
        _socket.Dispose();
        _socket = _tlsSocket!;
        return this;
    }

    /// <summary>Says no more; what the server still says can be read.</summary>
    public void FinishSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Waits for the session's end.</summary>
    public SessionEnd End()
    {
        Assert.That(_thread.Join(PatienceMilliseconds), Is.True, "The session has not ended");
        return Host.End!.Value;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _tlsSocket?.Dispose();
        _thread.Join(PatienceMilliseconds);
        _tlsIsReady.Dispose();
        Host.Dispose();
    }

    private void Expect(string pattern, bool mayBeOthers)
    {
        string? line = ReadLine();
        while (mayBeOthers && line is not null && !Transcript.Matches(pattern, line))
        {
            line = ReadLine();
        }

        if (line is null || !Transcript.Matches(pattern, line))
        {
            throw new AssertionException($"Expected: {pattern}\nReceived: {line}\n{WhatElseArrives()}");
        }
    }

    private void SendIfAny(ref string unsent)
    {
        if (unsent.Length > 0)
        {
            Send(unsent);
            unsent = "";
        }
    }

    /// <summary>What the server said after a line that was not expected, as far as it is there within a moment.</summary>
    private string WhatElseArrives()
    {
        _socket.ReceiveTimeout = 500;
        var lines = new List<string>();
        try
        {
            while (lines.Count < 20 && ReadLine() is { } line)
            {
                lines.Add($"and then: {line}");
            }
        }
        catch (SocketException)
        {
            // No more.
        }

        return string.Join('\n', lines);
    }

    private void Serve(int descriptor, SessionOptions options, RawLog? rawLog)
    {
        using var connection = new ClientConnection(descriptor, descriptor) { RawLog = rawLog };
        new ImapSession(connection, Host, options).Run();
    }

    /// <summary>TLS without encryption: another pair of sockets, as the worker gets another stream from the master.</summary>
    private int StartTls()
    {
        (int served, int own) = SocketPair.CreateDescriptors();
        _tlsSocket = Connected(own);
        _tlsIsReady.Set();
        return served;
    }

    private static Socket Connected(int descriptor)
    {
        Socket socket = SocketPair.Own(descriptor);
        socket.ReceiveTimeout = PatienceMilliseconds;
        return socket;
    }
}
