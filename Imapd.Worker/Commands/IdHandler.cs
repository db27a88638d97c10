using Imapd.Protocol.Commands;

namespace Imapd.Worker.Commands;

/// <summary>ID (RFC 2971 §3.1).</summary>
internal static class IdHandler
{
    private static readonly string Version =
        typeof(IdHandler).Assembly.GetName().Version?.ToString(fieldCount: 3) ?? "unknown";

    /// <summary>Says who the server is. What the client says it is changes nothing (RFC 2971 §3.3).</summary>
    public static CommandResult Handle(CommandContext context, IdCommand command)
    {
        context.Output.Raw("* ID (\"name\" \"imapd\" \"version\" "u8).Text(Version).Raw(")\r\n"u8);
        return CommandResult.Ok("ID completed");
    }
}
