using Imapd.Protocol.Handoff;
using Imapd.Protocol.Wire;
using Imapd.Worker.Native;

namespace Imapd.Worker.Session;

/// <summary>
/// What the client sent and nobody has taken yet, and the waiting for more: the one place where a session sleeps.
/// </summary>
/// <param name="client">The client's stream.</param>
/// <param name="host">The process around the session.</param>
/// <param name="output">Sent before every wait.</param>
/// <param name="memory">Given back when the client idles; null when other sessions work in the same process.</param>
internal sealed class SessionInput(ClientConnection client, ISessionHost host, ResponseWriter output, IdleMemory? memory)
{
    private readonly byte[] _buffer = new byte[SessionLimits.InputOctets];
    private int _start;
    private int _end;
    private long _deadline = long.MaxValue;
    private SessionEnd _deadlineEnd;

    /// <summary>What has arrived and was not taken.</summary>
    public ReadOnlySpan<byte> Arrived => _buffer.AsSpan(_start.._end);

    /// <summary>From now on the client has so long until <see cref="Wait"/> ends the session.</summary>
    public void SetDeadline(int milliseconds, SessionEnd end)
    {
        _deadline = Environment.TickCount64 + milliseconds;
        _deadlineEnd = end;
    }

    /// <summary>Takes octets of what has arrived.</summary>
    public void Take(int octets) => _start += octets;

    /// <summary>Overwrites what was taken: there may have been a password in it.</summary>
    public void WipeTaken() => _buffer.AsSpan(0, _start).Clear();

    /// <summary>Throws away and overwrites everything that has arrived.</summary>
    public void Discard()
    {
        Array.Clear(_buffer);
        _start = _end = 0;
    }

    /// <summary>
    /// Waits until something has arrived; does not wait when there is something. Whatever was written for the client is
    /// sent before.
    /// </summary>
    /// <param name="watchFd">Something else to wait for; -1 for nothing.</param>
    /// <param name="atMostMilliseconds">How long at most.</param>
    /// <param name="heedMaster">Whether to end when the master asks for it; if not, that waits for the next time.</param>
    /// <returns>Input, Watch or TimedOut, or several.</returns>
    /// <exception cref="SessionOverException">The deadline has passed, or the master asks to end.</exception>
    /// <exception cref="ClientGoneException">The client is gone.</exception>
    public WaitResult Wait(int watchFd = -1, int atMostMilliseconds = int.MaxValue, bool heedMaster = true)
    {
        if (_start < _end)
        {
            return WaitResult.Input;
        }

        output.Flush();
        bool isIdle = memory is null;
        while (true)
        {
            long left = _deadline - Environment.TickCount64;
            if (left <= 0)
            {
                throw Expired();
            }

            int milliseconds = (int)Math.Min(left, atMostMilliseconds);
            bool mayIdle = !isIdle && milliseconds > SessionLimits.IdleMilliseconds;
            WaitResult result = client.Wait(
                mayIdle ? SessionLimits.IdleMilliseconds : milliseconds, heedMaster ? host.ControlDescriptor : -1, watchFd);
            if (mayIdle && result == WaitResult.TimedOut)
            {
                isIdle = true;
                memory!.Release();
                continue;
            }

            if (result.HasFlag(WaitResult.Control) && host.ReadControl() is ShutdownReason reason)
            {
                throw ShutDown(reason);
            }

            result &= ~WaitResult.Control;
            if (result.HasFlag(WaitResult.Input))
            {
                Fill();
            }

            if (result != WaitResult.None && (result != WaitResult.TimedOut || milliseconds == atMostMilliseconds))
            {
                return result;
            }
        }
    }

    /// <summary>Reads a line that is not a command: the answer to a SASL challenge, or DONE.</summary>
    /// <returns>
    /// Without its line end, perhaps a password, which the caller wipes; null when it is longer than allowed, and then it
    /// was read away.
    /// </returns>
    public byte[]? ReadLine(int maxOctets)
    {
        // One more for the CR.
        byte[] line = new byte[maxOctets + 1];
        int length = 0;
        bool isTooLong = false;
        int lineFeed;
        do
        {
            Wait();
            lineFeed = Arrived.IndexOf((byte)'\n');
            ReadOnlySpan<byte> text = lineFeed < 0 ? Arrived : Arrived[..lineFeed];
            isTooLong |= text.Length > line.Length - length;
            if (!isTooLong)
            {
                text.CopyTo(line.AsSpan(length));
                length += text.Length;
            }

            Take(lineFeed < 0 ? text.Length : text.Length + 1);
        }
        while (lineFeed < 0);

        if (length > 0 && line[length - 1] == '\r')
        {
            length--;
        }

        byte[]? whole = isTooLong || length > maxOctets ? null : line[..length];
        if (client.RawLog is not null)
        {
            output.Flush();
            CommandRecord.Line(client.RawLog, whole);
        }

        Array.Clear(line);
        return whole;
    }

    private void Fill()
    {
        _start = 0;
        _end = 0;
        _end = client.Read(_buffer);
        if (_end == 0)
        {
            throw new ClientGoneException(isStuck: false, "The client has closed the connection");
        }
    }

    private SessionOverException Expired() => _deadlineEnd == SessionEnd.LoginTimeout
        ? new SessionOverException(_deadlineEnd, null, "Nobody logged in in time")
        : new SessionOverException(_deadlineEnd, null, "Nothing was asked for a long time: logged out");

    private static SessionOverException ShutDown(ShutdownReason reason) => new(
        SessionEnd.Shutdown,
        "UNAVAILABLE",
        reason switch
        {
            ShutdownReason.ReplacedBySameUser => "Too many connections of yours: the one idle for longest is closed",
            ShutdownReason.AdministratorRequest => "Closed by the administrator",
            _ => "The server is stopping; please connect again",
        });
}
