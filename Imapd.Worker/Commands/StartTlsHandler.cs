using Imapd.Protocol.Commands;
using Imapd.Protocol.Handoff;
using Imapd.Worker.Session;

namespace Imapd.Worker.Commands;

/// <summary>STARTTLS (RFC 9051 §6.2.1).</summary>
internal static class StartTlsHandler
{
    /// <summary>Whether the stream is in cleartext and there is a certificate to change that.</summary>
    public static bool IsPossible(CommandContext context) => context.Host.Facts.CanStartTls && !context.State.IsTls;

    /// <summary>Answers, then goes on over TLS without another greeting.</summary>
    /// <remarks>
    /// What came behind the command was sent in cleartext, by whoever could write to the connection: it is thrown away
    /// before the handshake, and the client knows nothing yet of what it is told before it.
    /// </remarks>
    public static CommandResult Handle(CommandContext context, StartTlsCommand command)
    {
        if (context.State.IsTls)
        {
            return CommandResult.Bad("TLS is active already", "CLIENTBUG");
        }

        if (!IsPossible(context))
        {
            return CommandResult.No("The server has no certificate", "UNAVAILABLE");
        }

        context.AfterAnswer = () => Negotiate(context);
        return CommandResult.Ok("Begin TLS negotiation now");
    }

    private static void Negotiate(CommandContext context)
    {
        context.Output.Flush();
        context.Input.Discard();
        if (!context.Host.StartTls(context.Client))
        {
            // The stream is neither cleartext nor TLS any more: nothing can be said on it.
            throw new SessionOverException(SessionEnd.StartTlsFailed, null, bye: null);
        }

        context.Client.RawLog?.Note("TLS");
        context.State.IsTls = true;
        context.State.BadCommands = 0;
    }
}
