using Imapd.Protocol.Commands;

namespace Imapd.Worker.Commands;

/// <summary>NAMESPACE (RFC 9051 §6.3.10, RFC 2342).</summary>
internal static class NamespaceHandler
{
    /// <summary>Tells of the one there is: the user's own mailboxes, without a prefix.</summary>
    public static CommandResult Handle(CommandContext context, NamespaceCommand command)
    {
        context.Output.Raw("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n"u8);
        return CommandResult.Ok("NAMESPACE completed");
    }
}
