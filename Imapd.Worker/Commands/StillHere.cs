using Imapd.Protocol.Wire;

namespace Imapd.Worker.Commands;

/// <summary>
/// A line now and then to a client in IDLE, so that routers on the way do not forget the connection, and so that it is
/// noticed when the client is gone (RFC 9051 §7.1.1 for its form).
/// </summary>
/// <param name="intervalMilliseconds">How often; 0: never.</param>
/// <param name="peerAddress">
/// The client's. All connections from an address are written to at the same moment, so that a telephone's radio wakes up once
/// for all of them, and those from others at another, so that not all workers of a host wake up at once.
/// </param>
internal sealed class StillHere(int intervalMilliseconds, string peerAddress)
{
    private long _next = intervalMilliseconds == 0 ? long.MaxValue : After(Environment.TickCount64, intervalMilliseconds, peerAddress);

    /// <summary>How long until it is time for it.</summary>
    public int Milliseconds => (int)Math.Clamp(_next - Environment.TickCount64, 0, int.MaxValue);

    /// <summary>Writes the line when it is time for it.</summary>
    public void Tell(ResponseWriter output)
    {
        long now = Environment.TickCount64;
        if (now >= _next)
        {
            output.Raw("* OK Still here\r\n"u8);
            _next = After(now, intervalMilliseconds, peerAddress);
        }
    }

    // The clock is the same in all processes, and so must the hash be (FNV-1a).
    private static long After(long now, int interval, string peerAddress)
    {
        long phase = peerAddress.Aggregate(2166136261u, static (hash, letter) => unchecked((hash ^ letter) * 16777619u)) % interval;
        return ((((now - phase) / interval) + 1) * interval) + phase;
    }
}
