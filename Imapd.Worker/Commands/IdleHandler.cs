using System.Text;
using Imapd.Protocol.Commands;
using Imapd.Protocol.Handoff;
using Imapd.Storage.Maildir;
using Imapd.Worker.Session;

namespace Imapd.Worker.Commands;

/// <summary>IDLE (RFC 9051 §6.3.13, RFC 2177): what happens in the mailbox is told as it happens, until DONE.</summary>
internal static class IdleHandler
{
    /// <summary>Waits for the mailbox, the client and the master at once.</summary>
    public static CommandResult Handle(CommandContext context, IdleCommand command)
    {
        context.Input.SetDeadline(context.Options.AutologoutMilliseconds, SessionEnd.Autologout);

        // What has happened since the last command is told at once: the client sends none now to hear it with.
        context.Output.Raw("+ idling\r\n"u8);
        Tell(context);
        var stillHere = new StillHere(context.Options.StillHereMilliseconds, context.Host.Facts.PeerAddress);
        while (!WaitAndTell(context, stillHere).HasFlag(WaitResult.Input))
        {
        }

        byte[]? line = context.Input.ReadLine(SessionLimits.AnswerLineOctets);
        return line is not null && Ascii.EqualsIgnoreCase(line, "DONE"u8)
            ? CommandResult.Ok("IDLE completed")
            : CommandResult.Bad("Expected DONE; IDLE has ended");
    }

    private static WaitResult WaitAndTell(CommandContext context, StillHere stillHere)
    {
        Mailbox? mailbox = context.Selected?.Mailbox;
        WaitResult result = context.Input.Wait(
            mailbox?.WatchDescriptor ?? -1, Math.Min(mailbox?.RefreshWithinMilliseconds ?? int.MaxValue, stillHere.Milliseconds));
        if (result.HasFlag(WaitResult.Watch))
        {
            mailbox!.DrainWatch();
        }

        if (result != WaitResult.Input)
        {
            Tell(context);
            stillHere.Tell(context.Output);
        }

        return result;
    }

    /// <remarks>The client waits for no answer before its DONE, so nothing that goes wrong here is one.</remarks>
    private static void Tell(CommandContext context)
    {
        try
        {
            context.Selected?.TellUpdates(context.Output, mayExpunge: true);
        }
        catch (StoreException error) when (error.Error == StoreError.NonExistent)
        {
            // RFC 2180 §3.3.
            throw new SessionOverException(SessionEnd.Logout, null, error.Message);
        }
        catch (StoreException error)
        {
            context.Host.Log(LogSeverity.Warning, $"The selected mailbox cannot be looked at: {error.Message}");
        }
    }
}
