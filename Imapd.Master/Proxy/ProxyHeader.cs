using System.Net;

namespace Imapd.Master.Proxy;

/// <summary>How far the beginning of a connection is a header of the PROXY protocol.</summary>
internal enum ProxyHeaderState
{
    /// <summary>It may become one.</summary>
    Incomplete,

    /// <summary>It begins with one.</summary>
    Whole,

    /// <summary>It is none.</summary>
    Malformed,
}

/// <summary>What a proxy says before the octets of its client (the PROXY protocol of HAProxy, versions 1 and 2).</summary>
/// <param name="Source">The client; null: the proxy speaks for itself, or does not know.</param>
/// <param name="Destination">Where the client connected to; null as <paramref name="Source"/> is.</param>
internal sealed record ProxyHeader(IPEndPoint? Source, IPEndPoint? Destination)
{
    /// <summary>No addresses, so those of the connection count.</summary>
    public static ProxyHeader Nobody { get; } = new(null, null);
}
