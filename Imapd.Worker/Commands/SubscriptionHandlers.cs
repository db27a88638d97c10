using Imapd.Protocol.Commands;

namespace Imapd.Worker.Commands;

/// <summary>SUBSCRIBE and UNSUBSCRIBE (RFC 9051 §6.3.7, §6.3.8): names, whether mailboxes or not.</summary>
internal static class SubscriptionHandlers
{
    /// <summary>SUBSCRIBE.</summary>
    public static CommandResult Subscribe(CommandContext context, SubscribeCommand command)
    {
        context.Store.Subscribe(context.Real(command.Name));
        return CommandResult.Ok("SUBSCRIBE completed");
    }

    /// <summary>UNSUBSCRIBE.</summary>
    public static CommandResult Unsubscribe(CommandContext context, UnsubscribeCommand command)
    {
        context.Store.Unsubscribe(context.Real(command.Name));
        return CommandResult.Ok("UNSUBSCRIBE completed");
    }
}
