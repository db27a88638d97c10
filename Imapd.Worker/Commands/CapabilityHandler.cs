using Imapd.Protocol.Commands;
using Imapd.Worker.Session;

namespace Imapd.Worker.Commands;

/// <summary>CAPABILITY (RFC 9051 §6.1.1).</summary>
internal static class CapabilityHandler
{
    /// <summary>Tells what can be done now.</summary>
    public static CommandResult Handle(CommandContext context, CapabilityCommand command)
    {
        context.Output.Raw("* CAPABILITY "u8).Raw(Capabilities.Now(context)).Crlf();
        return CommandResult.Ok("CAPABILITY completed");
    }
}
