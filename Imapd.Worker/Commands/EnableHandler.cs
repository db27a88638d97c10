using Imapd.Protocol.Commands;

namespace Imapd.Worker.Commands;

/// <summary>ENABLE (RFC 9051 §6.3.1, RFC 5161) of IMAP4rev2 and UTF8=ACCEPT; every other name is passed over.</summary>
internal static class EnableHandler
{
    /// <summary>Turns on what is asked for and there is, and tells what was not on before.</summary>
    public static CommandResult Handle(CommandContext context, EnableCommand command)
    {
        bool wasRev2 = context.State.IsRev2;
        bool wasUtf8Accept = context.State.IsUtf8Accept;
        foreach (string capability in command.Capabilities)
        {
            context.State.IsRev2 |= capability.Equals("IMAP4rev2", StringComparison.OrdinalIgnoreCase);
            context.State.IsUtf8Accept |= capability.Equals("UTF8=ACCEPT", StringComparison.OrdinalIgnoreCase);
        }

        context.Output.Utf8 = context.State.Utf8;
        context.Output.Raw("* ENABLED"u8);
        if (context.State.IsRev2 && !wasRev2)
        {
            context.Output.Raw(" IMAP4rev2"u8);
        }

        if (context.State.IsUtf8Accept && !wasUtf8Accept)
        {
            context.Output.Raw(" UTF8=ACCEPT"u8);
        }

        context.Output.Crlf();
        return CommandResult.Ok("ENABLE completed");
    }
}
