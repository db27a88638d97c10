using System.Buffers;
using System.Net.Sockets;

namespace Imapd.Master.Proxy;

/// <summary>Takes the header of the PROXY protocol from a connection, and not an octet more: what follows is TLS or IMAP.</summary>
internal static class ProxyHeaderReader
{
    /// <summary>Reads it, in whatever pieces it comes.</summary>
    /// <exception cref="InvalidDataException">There is something else, or the end; the message says which.</exception>
    /// <exception cref="SocketException">The connection broke.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task<ProxyHeader> ReadAsync(Socket connection, CancellationToken cancel)
    {
        byte[] sent = ArrayPool<byte>.Shared.Rent(ProxyHeaderParser.MaxOctets);
        try
        {
            return await ReadAsync(connection, sent.AsMemory(0, ProxyHeaderParser.MaxOctets), cancel).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(sent);
        }
    }

    private static async Task<ProxyHeader> ReadAsync(Socket connection, Memory<byte> sent, CancellationToken cancel)
    {
        int taken = 0;
        while (true)
        {
            // Looked at first, and then taken as far as it belongs to the header: never is an octet looked at twice.
            int seen = await connection.ReceiveAsync(sent[taken..], SocketFlags.Peek, cancel).ConfigureAwait(false);
            if (seen == 0)
            {
                throw new InvalidDataException(taken == 0 ? "nothing was sent" : "it ended within the header");
            }
            ProxyHeaderState state = ProxyHeaderParser.Parse(sent.Span[..(taken + seen)], out ProxyHeader? header, out int octets);
            if (state == ProxyHeaderState.Malformed)
            {
                throw new InvalidDataException("it is no header");
            }
            Memory<byte> rest = sent[taken..octets];
            while (!rest.IsEmpty)
            {
                rest = rest[await connection.ReceiveAsync(rest, SocketFlags.None, cancel).ConfigureAwait(false)..];
            }
            taken = octets;
            if (header is not null)
            {
                return header;
            }
        }
    }
}
