using Imapd.Protocol.Commands;

namespace Imapd.Worker.Commands;

/// <summary>ID (RFC 2971 §3.1).</summary>
internal static class IdHandler
{
    /// <summary>Says who the server is. What the client says it is changes nothing (RFC 2971 §3.3).</summary>
    public static CommandResult Handle(CommandContext context, IdCommand command)
    {
        if (context.Options.IdFields.Count == 0)
        {
            context.Output.Raw("* ID NIL\r\n"u8);
            return CommandResult.Ok("ID completed");
        }

        context.Output.Raw("* ID ("u8);
        bool isFirst = true;
        foreach ((string field, string value) in context.Options.IdFields)
        {
            context.Output.Raw(isFirst ? ""u8 : " "u8).Text(field).Sp().Text(value);
            isFirst = false;
        }

        context.Output.Raw(")\r\n"u8);
        return CommandResult.Ok("ID completed");
    }
}
