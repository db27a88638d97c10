using Imapd.Protocol.Handoff;

namespace Imapd.Worker.Control;

/// <summary>How one session reaches the master: over a channel of its own, or over its share of one.</summary>
internal interface IMasterLink
{
    /// <summary>Sends a message, waiting for room.</summary>
    /// <returns>False when the master is gone.</returns>
    bool Send(HandoffMessage message);

    /// <summary>Waits for the answer to a question.</summary>
    /// <param name="received">The descriptor that came with it; -1 for none. The caller closes it.</param>
    /// <param name="timeoutMilliseconds">How long.</param>
    /// <returns>Null when there will be no answer.</returns>
    T? ReceiveReply<T>(out int received, int timeoutMilliseconds)
        where T : HandoffMessage;
}
