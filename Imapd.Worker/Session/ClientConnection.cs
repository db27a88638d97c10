using Imapd.Protocol.Wire;
using Imapd.Worker.Native;
using Microsoft.Win32.SafeHandles;

namespace Imapd.Worker.Session;

/// <summary>
/// The octets to and from the client: one stream socket, or two descriptors when on stdio. Owns them. Used by the
/// session's thread only.
/// </summary>
internal sealed class ClientConnection : IOctetSink, IDisposable
{
    private readonly int _stuckMilliseconds;
    private SafeFileHandle _input;
    private SafeFileHandle _output;
    private bool _inputIsSocket;
    private bool _outputIsSocket;

    /// <summary>Takes over two descriptors, which may be the same one.</summary>
    /// <param name="inputFd">What the client's octets are read from.</param>
    /// <param name="outputFd">What is written to.</param>
    /// <param name="stuckMilliseconds">How long a client may take nothing of what is written before it counts as gone.</param>
    public ClientConnection(int inputFd, int outputFd, int stuckMilliseconds = SessionLimits.WriteStuckMilliseconds)
    {
        _stuckMilliseconds = stuckMilliseconds;
        _input = new SafeFileHandle(inputFd, ownsHandle: true);
        _output = inputFd == outputFd ? _input : new SafeFileHandle(outputFd, ownsHandle: true);
        _inputIsSocket = Poll.IsSocket(inputFd);
        _outputIsSocket = Poll.IsSocket(outputFd);
    }

    /// <summary>Where what is said is kept; null: nowhere. What the client says is put there by who knows what it means.</summary>
    public RawLog? RawLog { get; set; }

    /// <summary>How many octets the client has sent.</summary>
    public ulong OctetsIn { get; private set; }

    /// <summary>How many octets the client was sent.</summary>
    public ulong OctetsOut { get; private set; }

    /// <summary>
    /// Readable when the session is asked to end: a client that takes nothing is then not waited for as long as otherwise. -1:
    /// nobody asks.
    /// </summary>
    public int ControlDescriptor { get; set; } = -1;

    /// <summary>It was readable while the client took nothing.</summary>
    public bool IsAskedToEnd { get; private set; }

    /// <summary>The descriptor that is read from: the socket itself, when there is one.</summary>
    public int InputDescriptor => (int)_input.DangerousGetHandle();

    /// <summary>Waits for the client, and for two other descriptors unless they are -1.</summary>
    /// <param name="timeoutMilliseconds">How long; -1 for ever.</param>
    /// <param name="controlFd">The channel to the master.</param>
    /// <param name="watchFd">The inotify descriptor of the selected mailbox.</param>
    public WaitResult Wait(int timeoutMilliseconds, int controlFd, int watchFd)
    {
        Span<Poll.Entry> entries =
        [
            new(InputDescriptor, Poll.In),
            new(controlFd, Poll.In),
            new(watchFd, Poll.In),
        ];
        if (Poll.Wait(entries, timeoutMilliseconds) == 0)
        {
            return WaitResult.TimedOut;
        }

        return (entries[0].Happened != 0 ? WaitResult.Input : WaitResult.None)
            | (entries[1].Happened != 0 ? WaitResult.Control : WaitResult.None)
            | (entries[2].Happened != 0 ? WaitResult.Watch : WaitResult.None);
    }

    /// <summary>Reads what the client sent, waiting for it when there is nothing yet.</summary>
    /// <returns>The octets read; 0 when the client has closed.</returns>
    /// <exception cref="ClientGoneException">The client is gone.</exception>
    public int Read(Span<byte> buffer)
    {
        while (true)
        {
            int octets = Poll.Read(InputDescriptor, _inputIsSocket, buffer);
            if (octets >= 0)
            {
                OctetsIn += (ulong)octets;
                return octets;
            }

            Wait(timeoutMilliseconds: -1, controlFd: -1, watchFd: -1);
        }
    }

    /// <summary>Writes all of it, waiting for room as long as the client takes something now and then.</summary>
    /// <exception cref="ClientGoneException">The client is gone, or has taken nothing for too long.</exception>
    public void Write(ReadOnlySpan<byte> octets) => Write(octets, default);

    /// <inheritdoc cref="Write(ReadOnlySpan{byte})" />
    public void Write(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> more)
    {
        RawLog?.Server(octets);
        RawLog?.Server(more);
        int descriptor = (int)_output.DangerousGetHandle();

        // A socket says itself when there is no room; anything else is asked first, because it would wait.
        bool mayWrite = _outputIsSocket;
        while (!octets.IsEmpty || !more.IsEmpty)
        {
            int written = mayWrite ? Poll.Write(descriptor, _outputIsSocket, octets, more) : 0;
            OctetsOut += (ulong)written;
            int ofFirst = Math.Min(written, octets.Length);
            octets = octets[ofFirst..];
            more = more[(written - ofFirst)..];
            mayWrite = _outputIsSocket;
            if (written == 0)
            {
                Span<Poll.Entry> room = [new(descriptor, Poll.Out), new(IsAskedToEnd ? -1 : ControlDescriptor, Poll.In)];
                int patience = IsAskedToEnd ? Math.Min(_stuckMilliseconds, SessionLimits.EndStuckMilliseconds) : _stuckMilliseconds;
                if (Poll.Wait(room, patience) == 0)
                {
                    throw new ClientGoneException(isStuck: true, "The client takes nothing of what it is sent");
                }

                IsAskedToEnd |= room[1].Happened != 0;
                mayWrite |= room[0].Happened != 0;
            }
        }
    }

    /// <summary>Goes on with another stream, the decrypted one after STARTTLS; the old descriptors are closed.</summary>
    public void ReplaceWith(int fd)
    {
        _input.Dispose();
        _output.Dispose();
        _input = _output = new SafeFileHandle(fd, ownsHandle: true);
        _inputIsSocket = _outputIsSocket = Poll.IsSocket(fd);
    }

    /// <summary>Closes the descriptors.</summary>
    public void Dispose()
    {
        RawLog?.Dispose();
        _input.Dispose();
        _output.Dispose();
    }
}
