using Imapd.Protocol.Handoff;
using Imapd.Worker.Session;

namespace Imapd.Worker.Control;

/// <summary>Has the master take over a stream in clear and give the decrypted one for it (RFC 9051 §6.2.1).</summary>
internal static class StartTlsExchange
{
    /// <summary>Asks, and waits for the handshake.</summary>
    /// <param name="link">To the master.</param>
    /// <param name="client">The stream; on success it is the decrypted one.</param>
    /// <param name="facts">What is known of the connection.</param>
    /// <param name="timeoutMilliseconds">How long the handshake may take.</param>
    /// <returns>The facts as they are now; null when there is no TLS, and the session ends.</returns>
    public static ConnectionFacts? Run(
        IMasterLink link, ClientConnection client, ConnectionFacts facts, int timeoutMilliseconds)
    {
        if (!link.Send(new StartTlsRequest(facts.Id))
            || link.ReceiveReply<StartTlsReply>(out int received, timeoutMilliseconds) is not { } reply)
        {
            return null;
        }
        if (reply.Tls is null || received == -1)
        {
            ControlChannel.Close(ref received);
            return null;
        }
        client.ReplaceWith(received);
        return facts with { Tls = reply.Tls, CanStartTls = false };
    }
}
