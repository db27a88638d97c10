using System.Globalization;
using Imapd.Worker.Commands;

namespace Imapd.Worker.Session;

/// <summary>
/// The one list of what the server says it can do (RFC 9051 §6.1.1, §7.2.2). It depends on who is asking: before the
/// login only on the stream's security, afterwards on nothing.
/// </summary>
internal static class Capabilities
{
    // ENABLE and IDLE work only after the login, but there are clients that ask once, before it, and go by the answer.
    private const string BeforeLogin = "IMAP4rev2 IMAP4rev1 SASL-IR LITERAL- ID ENABLE IDLE";

    private static readonly string AfterLogin = string.Join(
        ' ',
        "IMAP4rev2",
        "IMAP4rev1",
        "LITERAL+",
        "ID",
        "ENABLE",
        "IDLE",
        "NAMESPACE",
        "UNSELECT",
        "UIDPLUS",
        "ESEARCH",
        "SEARCHRES",
        "WITHIN",
        "LIST-EXTENDED",
        "LIST-STATUS",
        "STATUS=SIZE",
        "CHILDREN",
        "SPECIAL-USE",
        "CREATE-SPECIAL-USE",
        "MOVE",
        "BINARY",
        "UTF8=ACCEPT",
        "APPENDLIMIT=" + SessionLimits.AppendOctets.ToString(CultureInfo.InvariantCulture));

    /// <summary>The capabilities as they are now, separated by spaces.</summary>
    public static string Now(CommandContext context) => Of(
        context.Connection != ConnectionStates.NotAuthenticated, LoginAttempt.Refusal(context) is null, StartTlsHandler.IsPossible(context));

    /// <summary>The capabilities of a state, separated by spaces.</summary>
    /// <param name="isLoggedIn">Whether somebody is logged in; the others count only when not.</param>
    /// <param name="mayLogIn">Whether a password may be sent on the stream as it is.</param>
    /// <param name="mayStartTls">Whether there may be STARTTLS.</param>
    public static string Of(bool isLoggedIn, bool mayLogIn, bool mayStartTls) => isLoggedIn
        ? AfterLogin
        : BeforeLogin + (mayStartTls ? " STARTTLS" : "") + (mayLogIn ? " AUTH=PLAIN" : " LOGINDISABLED");
}
