namespace Imapd.Master.Supervision;

/// <summary>The only IMAP in this process: goodbyes to clients that no worker will greet (RFC 9051 §7.1.5).</summary>
internal static class ByeLines
{
    public static ReadOnlyMemory<byte> TooMany { get; } =
        "* BYE [UNAVAILABLE] Too many connections, try again later\r\n"u8.ToArray();

    public static ReadOnlyMemory<byte> TooManyFromAddress { get; } =
        "* BYE [LIMIT] Too many connections from your address\r\n"u8.ToArray();

    public static ReadOnlyMemory<byte> NoWorker { get; } =
        "* BYE [UNAVAILABLE] The server cannot serve you now, try again later\r\n"u8.ToArray();
}
