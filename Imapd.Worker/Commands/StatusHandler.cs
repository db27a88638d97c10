using Imapd.Protocol.Commands;

namespace Imapd.Worker.Commands;

/// <summary>STATUS (RFC 9051 §6.3.11, RFC 8438, RFC 7889).</summary>
internal static class StatusHandler
{
    /// <summary>Tells what is asked of one mailbox.</summary>
    public static CommandResult Handle(CommandContext context, StatusCommand command)
    {
        StatusResponse.Write(context, context.Real(command.Name), command.Name, command.Items);
        return CommandResult.Ok("STATUS completed");
    }
}
