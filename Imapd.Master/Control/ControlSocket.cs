using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Imapd.Master.Native;
using Imapd.Master.Supervision;
using Microsoft.Win32.SafeHandles;
using Serilog;

namespace Imapd.Master.Control;

/// <summary>What is said to somebody who asked.</summary>
/// <param name="Document">One JSON document and a newline.</param>
/// <param name="End">
/// Ends this process, and is called once that was said; the connection stays open until then, which is what the other waits for.
/// Null: it goes on.
/// </param>
internal readonly record struct ControlAnswer(ReadOnlyMemory<byte> Document, Action? End = null);

/// <summary>
/// The socket at which root, or the user this process runs as, asks and commands: one line there, one JSON document back.
/// Who says nothing, or too much, or does not read, is let go after a while and hinders nobody.
/// </summary>
internal sealed class ControlSocket : IDisposable
{
    /// <summary>The longest request: a word and a user's name.</summary>
    public const int MaxRequestOctets = 1024;

    /// <summary>As many are heard at once; who asks while they say nothing waits until they are let go.</summary>
    public const int MaxClients = 64;

    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int UserOffset = 4; // struct ucred: pid, uid, gid
    private const int CredOctets = 12;
    private static readonly TimeSpan RequestPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly string _path;
    private readonly string _own;
    private readonly Func<string, Task<ControlAnswer>> _answer;
    private readonly ILogger _log;
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly SemaphoreSlim _room = new(MaxClients);
    private readonly List<Socket> _held = [];

    /// <summary>Binds the socket and begins to answer.</summary>
    /// <param name="path">See <see cref="ControlPath"/>. Its directory is made when it is missing, for its owner alone.</param>
    /// <param name="answer">Given the line without its end. Must not throw.</param>
    /// <param name="log">Where trouble is told.</param>
    /// <exception cref="IOException">It cannot be had.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory is not for this user.</exception>
    /// <exception cref="SocketException">It cannot be bound.</exception>
    public ControlSocket(string path, Func<string, Task<ControlAnswer>> answer, ILogger log)
    {
        _path = path;
        _own = ControlPath.Of(path, Environment.ProcessId);
        _answer = answer;
        _log = log;
        try
        {
            Bind();
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
        _ = RunAsync();
    }

    /// <summary>Answers no more, once it has answered whom it listens to, but waits not for ever.</summary>
    public void Dispose()
    {
        ControlPath.Remove(_path, _own);
        _socket.Dispose();
        long deadline = Environment.TickCount64 + (long)MasterLimits.Linger.TotalMilliseconds;
        for (int client = 0; client < MaxClients; client++)
        {
            _room.Wait((int)Math.Max(0, deadline - Environment.TickCount64));
        }
    }

    private void Bind()
    {
        string directory = Path.GetDirectoryName(_path)!;
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        ControlPath.RemoveStale(_path);
        File.Delete(_own); // of a process that had our pid
        using (var inode = new SafeFileHandle(_socket.Handle, ownsHandle: false))
        {
            // Before it is bound: the file is made with the mode of the socket, and is at no moment for others.
            File.SetUnixFileMode(inode, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        _socket.Bind(new UnixDomainSocketEndPoint(_own));
        _socket.Listen(MaxClients);
        ControlPath.Publish(_path, _own);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await _room.WaitAsync().ConfigureAwait(false);
            try
            {
                Socket client = await _socket.AcceptAsync().ConfigureAwait(false);
                _ = ServeAsync(client);
            }
            catch (Exception error) when (error is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                _room.Release();
                return;
            }
            catch (SocketException error)
            {
                _room.Release();
                _log.Debug("control socket: accept failed reason={Reason:q}", error.Message);
                await Task.Delay(Pause).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        await Task.Yield(); // from here on it may take a while, and the thread may be one that waits for all sockets
        Action? end = null;
        try
        {
            ControlAnswer answer = IsAllowed(client)
                ? await ReadAsync(client).ConfigureAwait(false) is string line
                    ? await _answer(line).ConfigureAwait(false)
                    : ControlAnswers.Error($"a request is one line of UTF-8 of at most {MaxRequestOctets} octets, within {RequestPatience.TotalSeconds} s")
                : ControlAnswers.Error("only root and the user whom imapd runs as may ask");
            await SendAsync(client, answer.Document).ConfigureAwait(false);
            end = answer.End;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // whoever asked is gone
        }
        catch (Exception error)
        {
            _log.Error(error, "control socket: request failed");
        }
        if (end is null)
        {
            client.Dispose();
        }
        else
        {
            lock (_held)
            {
                _held.Add(client);
            }
        }
        _room.Release();
        end?.Invoke();
    }

    private static bool IsAllowed(Socket client)
    {
        Span<byte> credentials = stackalloc byte[CredOctets];
        return client.GetRawSocketOption(SolSocket, SoPeerCred, credentials) == CredOctets
            && BinaryPrimitives.ReadUInt32LittleEndian(credentials[UserOffset..]) is uint user
            && (user == 0 || user == Descriptors.EffectiveUser);
    }

    /// <summary>The line without its end; null: there is none, or it is too long or late.</summary>
    private static async Task<string?> ReadAsync(Socket client)
    {
        using var deadline = new CancellationTokenSource(RequestPatience);
        byte[] buffer = new byte[MaxRequestOctets];
        int length = 0;
        try
        {
            while (length < buffer.Length)
            {
                int octets = await client.ReceiveAsync(buffer.AsMemory(length), deadline.Token).ConfigureAwait(false);
                int end = Array.IndexOf(buffer, (byte)'\n', length, octets);
                if (end >= 0)
                {
                    return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(buffer, 0, end);
                }
                if (octets == 0)
                {
                    return null;
                }
                length += octets;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or DecoderFallbackException)
        {
            // said by whoever called
        }
        return null;
    }

    private static async Task SendAsync(Socket client, ReadOnlyMemory<byte> document)
    {
        using var deadline = new CancellationTokenSource(AnswerPatience);
        while (document.Length > 0)
        {
            document = document[await client.SendAsync(document, deadline.Token).ConfigureAwait(false)..];
        }
    }
}
