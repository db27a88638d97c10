namespace Imapd.Protocol.Handoff;

/// <summary>
/// One message between the master and a worker, or between a worker and the one-shot password checker: one
/// datagram of a <c>SOCK_SEQPACKET</c> pair, written and read by <see cref="HandoffCodec"/>.
/// </summary>
/// <param name="Id">The session it is about, chosen by the master; 0 where a message concerns no single session.</param>
public abstract record HandoffMessage(ulong Id);

/// <summary>What was agreed in the TLS handshake.</summary>
/// <param name="Protocol">As people write it: <c>TLSv1.3</c>.</param>
/// <param name="Cipher">The name of the cipher suite in the registry of IANA.</param>
public sealed record TlsFacts(string Protocol, string Cipher);

/// <summary>How a session is named in the log: by the master, the worker and the password checker alike.</summary>
public static class SessionId
{
    /// <summary>16 lower-case hexadecimal digits.</summary>
    public static string Format(ulong id) => id.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
