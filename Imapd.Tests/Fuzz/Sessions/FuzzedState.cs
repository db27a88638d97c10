namespace Imapd.Tests.Fuzz.Sessions;

/// <summary>What a session is doing when the input comes (RFC 9051 §3).</summary>
/// <param name="Name">Its name in <c>make fuzz TARGET=</c>.</param>
/// <param name="IsLoggedIn">Whether the client has logged in.</param>
/// <param name="Preamble">What is sent before each input, together with it.</param>
internal sealed record FuzzedState(string Name, bool IsLoggedIn, string Preamble)
{
    public static IReadOnlyList<FuzzedState> All { get; } =
    [
        new("session-stranger", IsLoggedIn: false, ""),
        new("session-authenticating", IsLoggedIn: false, "p AUTHENTICATE PLAIN\r\n"),
        new("session-authenticated", IsLoggedIn: true, "p UNSELECT\r\n"),
        new("session-selected", IsLoggedIn: true, "p SELECT INBOX\r\n"),
        new("session-idle", IsLoggedIn: true, "p SELECT INBOX\r\nq IDLE\r\n"),
        new("session-in-literal", IsLoggedIn: true, "p SELECT {30}\r\n"),
        new("session-in-message", IsLoggedIn: true, "p APPEND INBOX (\\Seen) {200}\r\n"),
        new("session-after-logout", IsLoggedIn: true, "p LOGOUT\r\n"),
    ];

    /// <summary>Whether the beginning of the input is not taken for a command.</summary>
    public bool SwallowsFirst => Preamble.Contains('{', StringComparison.Ordinal)
        || Preamble.Contains("IDLE", StringComparison.Ordinal)
        || Preamble.Contains("AUTHENTICATE", StringComparison.Ordinal);

    public override string ToString() => Name;
}
