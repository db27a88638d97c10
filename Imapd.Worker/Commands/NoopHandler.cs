using Imapd.Protocol.Commands;

namespace Imapd.Worker.Commands;

/// <summary>
/// NOOP and CHECK (RFC 9051 §6.1.2, RFC 3501 §6.4.1): the table has what is new told with them, and every change is on
/// the disk before it is answered, so there is nothing left to do.
/// </summary>
internal static class NoopHandler
{
    /// <summary>NOOP.</summary>
    public static CommandResult Noop(CommandContext context, NoopCommand command) => CommandResult.Ok("NOOP completed");

    /// <summary>CHECK.</summary>
    public static CommandResult Check(CommandContext context, CheckCommand command) => CommandResult.Ok("CHECK completed");
}
