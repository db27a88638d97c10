using System.Net.Sockets;
using System.Runtime.InteropServices;
using Imapd.Master.Native;
using Imapd.Master.Spawning;
using Imapd.Master.Supervision;
using Imapd.Protocol.Handoff;
using Microsoft.Win32.SafeHandles;
using Mono.Unix.Native;
using Serilog;

namespace Imapd.Tests.Master;

/// <summary>
/// A worker as the master sees it: a real process (that only sleeps) and a real control channel, whose other end the
/// test holds and speaks on.
/// </summary>
internal sealed class FakeWorker : IDisposable
{
    private const int DeadlineSeconds = 30;
    private static readonly Reaper Reaper = new();

    private readonly SafeSocketHandle _channel;
    private readonly WorkerProcess _process;

    public FakeWorker(bool isShared, ILogger log)
    {
        using SafeFileHandle empty = Descriptors.OpenNull();
        (ControlChannel ours, _channel) = ControlChannel.Create();
        _process = WorkerProcess.Start("/bin/sleep", ["1000"], empty, Reaper, ours, _channel);
        Link = new WorkerLink(_process, isShared, log);
        using var socket = new Socket(new SafeSocketHandle(_channel.DangerousGetHandle(), ownsHandle: false));
        socket.ReceiveTimeout = DeadlineSeconds * 1000;
    }

    public WorkerLink Link { get; }

    public Task<ExitStatus> ProcessEnded => _process.Ended.WaitAsync(TimeSpan.FromSeconds(DeadlineSeconds));

    public void Send(HandoffMessage message) => SendRaw(HandoffCodec.Encode(message));

    public void SendRaw(ReadOnlySpan<byte> datagram, SafeHandle? descriptor = null) =>
        UnixSockets.Send(_channel, datagram, descriptor);

    /// <summary>The next message of the master, and the descriptor that came with it.</summary>
    public unsafe (HandoffMessage Message, SafeSocketHandle? Descriptor) Receive()
    {
        byte[] buffer = new byte[HandoffCodec.MaxDatagramOctets];
        fixed (byte* octets = buffer)
        {
            var vector = new Iovec { iov_base = (nint)octets, iov_len = (ulong)buffer.Length };
            byte[] control = new byte[64];
            var header = new Msghdr
            {
                msg_iov = [vector],
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = control.Length,
            };
            long received = Syscall.recvmsg((int)_channel.DangerousGetHandle(), header, 0);
            if (received <= 0 || !HandoffCodec.TryDecode(buffer.AsSpan(0, (int)received), out HandoffMessage? message))
            {
                throw new IOException($"no message of the master: {received} octets, {Stdlib.GetLastError()}");
            }
            const int dataOffset = 16;
            return header.msg_controllen > dataOffset
                ? (message, new SafeSocketHandle(BitConverter.ToInt32(control, dataOffset), ownsHandle: true))
                : (message, null);
        }
    }

    public T Receive<T>()
        where T : HandoffMessage => (T)Receive().Message;

    public void Dispose()
    {
        _process.Kill();
        _channel.Dispose();
    }
}
