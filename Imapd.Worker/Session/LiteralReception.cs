using Imapd.Protocol.Commands;
using Imapd.Protocol.Handoff;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;
using Imapd.Worker.Commands;

namespace Imapd.Worker.Session;

/// <summary>
/// Decides about every literal a client announces, before an octet of it is taken: into the command, to the disk as the
/// message of an APPEND, or refused (RFC 9051 §4.3, RFC 7888).
/// </summary>
internal sealed class LiteralReception(CommandContext context, CommandAssembler assembler)
{
    /// <summary>The tag of the command whose literal was refused and read away.</summary>
    public string? RefusedTag { get; private set; }

    /// <summary>Why it was refused.</summary>
    public CommandResult Refusal { get; private set; } = CommandResult.Bad("Refused");

    /// <summary>The assembler has reported an announcement.</summary>
    /// <returns>The answer to the command when it ends here; null when it goes on.</returns>
    /// <exception cref="SessionOverException">It is too long even to be read away.</exception>
    public CommandResult? Announced(ParserOptions options)
    {
        bool isMessage = context.Append is null && CommandParser.EndsInAppendMessage(assembler.Partial, options);
        CommandResult? refusal = CommandTable.RefuseUnread(CommandParser.NameOf(assembler.Partial), context.Connection) is { } atOnce
            ? atOnce
            : isMessage ? BeginAppend(options)
            : assembler.LiteralFits ? null
            : CommandResult.Bad($"A literal has at most {assembler.Limits.MaxLiteralOctets} octets here", "TOOBIG");
        if (refusal is not null)
        {
            return Refuse(refusal);
        }

        LiteralHeader literal = assembler.Literal;
        if (literal.IsSynchronizing)
        {
            context.Output.Raw("+ Ready for the literal\r\n"u8);
        }

        if (isMessage)
        {
            assembler.StreamLiteral();
            Stream((long)literal.Octets);
        }
        else
        {
            assembler.AcceptLiteral();
        }

        return null;
    }

    /// <summary>What ends the session when there is more to be read away than is worth it.</summary>
    public static SessionOverException TooLongToSkip() =>
        new(SessionEnd.TooManyBadCommands, "TOOBIG", "The literal is too long to be read away");

    private CommandResult? Refuse(CommandResult refusal)
    {
        LiteralHeader literal = assembler.Literal;
        if (literal.IsSynchronizing)
        {
            assembler.RefuseLiteral();
            return refusal;
        }

        if (literal.Octets > SessionLimits.SkippedOctets)
        {
            throw TooLongToSkip();
        }

        RefusedTag = assembler.Tag;
        Refusal = refusal;
        assembler.SkipLiteral();
        return null;
    }

    /// <summary>Parses the command as far as it is there: the announcement stands for the message.</summary>
    private CommandResult? BeginAppend(ParserOptions options)
    {
        if (assembler.Literal.Octets > SessionLimits.AppendOctets)
        {
            return CommandResult.No($"A message has at most {SessionLimits.AppendOctets} octets here", "TOOBIG");
        }

        try
        {
            TaggedCommand tagged = CommandParser.ParseAppendStart(assembler.Partial, assembler.Literal, options);
            return AppendHandler.Begin(context, (AppendCommand)tagged.Command);
        }
        catch (ImapSyntaxException error)
        {
            return CommandResult.Bad(error.Message);
        }
        catch (ImapRefusedException error)
        {
            return CommandResult.No(error.Message, error.Code);
        }
        catch (StoreException error)
        {
            return CommandResult.No(error.Message, StoreErrorCodes.Of(error.Error));
        }
    }

    /// <summary>Hands the message's octets on as they arrive.</summary>
    private void Stream(long octets)
    {
        while (octets > 0)
        {
            context.Input.SetDeadline(context.Options.LiteralStalledMilliseconds, SessionEnd.Autologout);

            // The master's wish to end waits: what the client is sending now is mail.
            context.Input.Wait(heedMaster: false);
            ReadOnlySpan<byte> arrived = context.Input.Arrived;
            int taken = (int)Math.Min(arrived.Length, octets);
            context.Client.RawLog?.Client(arrived[..taken]);
            context.Append!.Write(arrived[..taken]);
            context.Input.Take(taken);
            octets -= taken;
        }
    }
}
