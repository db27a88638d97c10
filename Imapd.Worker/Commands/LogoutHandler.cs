using Imapd.Protocol.Commands;
using Imapd.Protocol.Handoff;
using Imapd.Worker.Session;

namespace Imapd.Worker.Commands;

/// <summary>LOGOUT (RFC 9051 §6.1.3).</summary>
internal static class LogoutHandler
{
    /// <summary>Says BYE; the session ends after the answer.</summary>
    public static CommandResult Handle(CommandContext context, LogoutCommand command)
    {
        context.Output.Raw("* BYE Logging out\r\n"u8);
        context.AfterAnswer = static () => throw new SessionOverException(SessionEnd.Logout, null, bye: null);
        return CommandResult.Ok("LOGOUT completed");
    }
}
