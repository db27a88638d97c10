using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;

namespace Imapd.Worker.Commands;

/// <summary>STATUS (RFC 9051 §6.3.11, RFC 8438, RFC 7889).</summary>
internal static class StatusHandler
{
    /// <summary>Tells what is asked of one mailbox.</summary>
    public static CommandResult Handle(CommandContext context, StatusCommand command)
    {
        MailboxName name = context.Real(command.Name);
        StatusResponse.Write(context, name, command.Name, command.Items, StatusResponse.Look(context, name, command.Items));
        return CommandResult.Ok("STATUS completed");
    }
}
