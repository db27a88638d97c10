namespace Imapd.Tests.Stress.Client;

/// <summary>The connection has ended, and nothing that was sent on it can have an effect any more.</summary>
internal sealed class ServerGoneException() : Exception("the connection has ended");
