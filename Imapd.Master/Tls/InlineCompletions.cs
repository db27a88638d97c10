namespace Imapd.Master.Tls;

/// <summary>
/// Lets the threads that wait for all sockets also do what was waited for. Otherwise they hand each event to the thread pool, and
/// waking a thread for it, and its spinning for the next one, cost three times what a short command does.
/// </summary>
/// <remarks>
/// So what follows an await on a socket must not block, and must not go on for long while others wait: a pump gives way
/// (<see cref="StreamPump"/>), a session leaves these threads after its handshake (<see cref="TlsEndpoint"/>).
/// </remarks>
internal static class InlineCompletions
{
    /// <summary>Must be called before the first socket is made. Children get an environment of their own.</summary>
    public static void Choose() => Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
}
