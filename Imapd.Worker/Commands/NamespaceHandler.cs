using Imapd.Protocol.Commands;
using Imapd.Protocol.Wire;

namespace Imapd.Worker.Commands;

/// <summary>NAMESPACE (RFC 9051 §6.3.10, RFC 2342).</summary>
internal static class NamespaceHandler
{
    /// <summary>Tells of the one there is: the user's own mailboxes, without a prefix.</summary>
    public static CommandResult Handle(CommandContext context, NamespaceCommand command)
    {
        Write(context.Output);
        return CommandResult.Ok("NAMESPACE completed");
    }

    /// <summary>Writes the untagged response (RFC 9051 §7.3.2).</summary>
    public static void Write(ResponseWriter output) => output.Raw("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n"u8);
}
