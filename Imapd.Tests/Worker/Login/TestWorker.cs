using System.Net.Sockets;
using System.Text;
using Imapd.Master.Native;
using Imapd.Protocol.Handoff;
using Imapd.Tests.Architecture;
using Imapd.Tests.EndToEnd.Harness;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;
using NUnit.Framework;

namespace Imapd.Tests.Worker.Login;

/// <summary>The published worker as a process of its own; the test is its master.</summary>
internal sealed class TestWorker : IDisposable
{
    public const ulong Id = 7;

    private readonly Socket _channel;
    private int? _status;

    public TestWorker(params string[] arguments)
    {
        string program = Repository.Combine("out", "imapd-worker");
        if (!File.Exists(program))
        {
            Assert.Ignore("out/imapd-worker is not built; make builds it");
        }
        (int mine, int its) = SeqPacketPair();
        _channel = SocketPair.Own(mine);
        using var channel = new SafeFileHandle(its, ownsHandle: true);
        using SafeFileHandle empty = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        ProcessId = Spawn.Start(program, arguments, [], empty, channel);
    }

    public int ProcessId { get; }

    public ProcessView View => new(ProcessId);

    /// <summary>A SOCK_SEQPACKET pair.</summary>
    public static (int One, int Other) SeqPacketPair()
    {
        int result = Syscall.socketpair(
            UnixAddressFamily.AF_UNIX, UnixSocketType.SOCK_SEQPACKET, UnixSocketFlags.SOCK_CLOEXEC, 0, out int one, out int other);
        return result == 0 ? (one, other) : throw new IOException($"socketpair: {Stdlib.GetLastError()}");
    }

    /// <summary>Hands a connection over, and gives the client's side of it, its greeting read.</summary>
    public TestDialogue Connect()
    {
        (int mine, int its) = SocketPair.CreateDescriptors();
        Send(new ConnectionHandoff(Id, "192.0.2.7", 4711, "192.0.2.1", 993, new TlsFacts("TLSv1.3", "X"), false), its);
        _ = Syscall.close(its);
        return new TestDialogue(SocketPair.Own(mine));
    }

    public void Send(HandoffMessage message, int descriptor = -1) => Send(HandoffCodec.Encode(message), descriptor);

    public unsafe void Send(byte[] datagram, int descriptor = -1)
    {
        if (descriptor == -1)
        {
            _ = _channel.Send(datagram);
            return;
        }
        fixed (byte* octets = datagram)
        {
            var part = new Iovec { iov_base = (nint)octets, iov_len = (ulong)datagram.Length };
            var control = new byte[Syscall.CMSG_SPACE(sizeof(int))];
            var header = new Msghdr
            {
                msg_iov = [part],
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = control.Length,
            };
            new Cmsghdr
            {
                cmsg_len = (long)Syscall.CMSG_LEN(sizeof(int)),
                cmsg_level = UnixSocketProtocol.SOL_SOCKET,
                cmsg_type = UnixSocketControlMessage.SCM_RIGHTS,
            }.WriteToBuffer(header, 0);
            BitConverter.TryWriteBytes(control.AsSpan((int)Syscall.CMSG_DATA(header, 0)), descriptor);
            Assert.That(Syscall.sendmsg((int)_channel.Handle, header, 0), Is.EqualTo(datagram.Length));
        }
    }

    /// <summary>The next message of the type, others passed over.</summary>
    public T Expect<T>()
        where T : HandoffMessage
    {
        var buffer = new byte[HandoffCodec.MaxDatagramOctets];
        _channel.ReceiveTimeout = 30_000;
        while (true)
        {
            int octets = _channel.Receive(buffer);
            Assert.That(octets, Is.GreaterThan(0), $"the worker is gone, and sent no {typeof(T).Name}");
            Assert.That(HandoffCodec.TryDecode(buffer.AsSpan(0, octets), out HandoffMessage? message), Is.True);
            if (message is T wanted)
            {
                return wanted;
            }
        }
    }

    /// <summary>What a master that goes away leaves.</summary>
    public void CloseChannel() => _channel.Dispose();

    /// <summary>Waits for its end.</summary>
    public int ExitStatus()
    {
        Wait.Until(TryReap, "the worker ends");
        return _status!.Value;
    }

    public void Dispose()
    {
        if (!TryReap())
        {
            _ = Syscall.kill(ProcessId, Signum.SIGKILL);
            Wait.Until(TryReap, "the worker is killed");
        }
        _channel.Dispose();
    }

    private bool TryReap()
    {
        if (_status is null && Syscall.waitpid(ProcessId, out int status, WaitOptions.WNOHANG) == ProcessId)
        {
            _status = Syscall.WIFEXITED(status) ? Syscall.WEXITSTATUS(status) : -(int)Syscall.WTERMSIG(status);
        }
        return _status is not null;
    }
}

/// <summary>The client's side of a connection to a worker.</summary>
internal sealed class TestDialogue : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;

    public TestDialogue(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true) { ReadTimeout = 30_000 };
        _reader = new StreamReader(_stream, Encoding.UTF8);
        Greeting = _reader.ReadLine() ?? "";
    }

    public string Greeting { get; }

    public void Send(string line) => _stream.Write(Encoding.UTF8.GetBytes(line + "\r\n"));

    /// <summary>The next line; null when the worker has closed.</summary>
    public string? Line() => _reader.ReadLine();

    /// <summary>Sends a command and gives its tagged answer without the tag.</summary>
    public string Command(string command)
    {
        Send("t " + command);
        while (Line() is { } line)
        {
            if (line.StartsWith("t ", StringComparison.Ordinal))
            {
                return line[2..];
            }
        }
        return "";
    }

    public void Dispose() => _stream.Dispose();
}
