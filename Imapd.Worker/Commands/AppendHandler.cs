using System.Globalization;
using Imapd.Protocol.Commands;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Commands;

/// <summary>APPEND (RFC 9051 §6.3.12, RFC 7889): its message goes to the disk as it arrives.</summary>
internal static class AppendHandler
{
    /// <summary>Before the message is asked for: whether it can be stored at all.</summary>
    /// <returns>Null when it can, and then <see cref="CommandContext.Append"/> takes it; otherwise the answer.</returns>
    /// <exception cref="StoreException">The mailbox cannot take it.</exception>
    public static CommandResult? Begin(CommandContext context, AppendCommand command)
    {
        try
        {
            context.Append = new PendingAppend(
                context.Store.BeginAppend(context.Real(command.Name)),
                batch => batch.BeginMessage(command.Flags, command.InternalDate),
                mayHave8BitHeader: context.State.Utf8);
            return null;
        }
        catch (StoreException error) when (error.Error == StoreError.NonExistent)
        {
            return CommandResult.No(error.Message, "TRYCREATE");
        }
    }

    /// <summary>After the command has ended as it should: stores the message and tells its UID.</summary>
    public static CommandResult Handle(CommandContext context, AppendCommand command)
    {
        // The session streams the message before it parses the whole, so there is one. Its header: RFC 6855 §4.
        if (context.Append!.Has8BitHeader)
        {
            return CommandResult.No("A header with 8-bit octets is taken after ENABLE UTF8=ACCEPT or IMAP4rev2 only");
        }

        try
        {
            AppendResult result = context.Append.Commit();
            ListResponse.TellOldName(context, command.Name, command.SuppliedName);
            return CommandResult.Ok("APPEND completed", AppendUid(result));
        }
        catch (StoreException error) when (error.Error == StoreError.NonExistent)
        {
            return CommandResult.No(error.Message, "TRYCREATE");
        }
    }

    private static string AppendUid(AppendResult result) =>
        string.Create(CultureInfo.InvariantCulture, $"APPENDUID {result.UidValidity.Value} {UidSetText.Of(result.Uids)}");
}
