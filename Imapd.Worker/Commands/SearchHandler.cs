using Imapd.Protocol.Commands;
using Imapd.Storage.Maildir;
using Imapd.Worker.Search;
using Imapd.Worker.Selected;

namespace Imapd.Worker.Commands;

/// <summary>SEARCH and UID SEARCH (RFC 9051 §6.4.4, RFC 3501 §6.4.4).</summary>
internal static class SearchHandler
{
    /// <summary>Answers with SEARCH in IMAP4rev1, with ESEARCH in IMAP4rev2 or when RETURN was given.</summary>
    /// <remarks>
    /// <c>$</c> is set by a SEARCH with SAVE alone: to what was found, or to nothing when the answer is NO.
    /// </remarks>
    public static CommandResult Handle(CommandContext context, SearchCommand command)
    {
        SelectedMailbox selected = context.Selected!;
        SearchReturn wanted = command.Return ?? SearchReturn.All;
        bool isSaved = (wanted & SearchReturn.Save) != 0;
        SearchRun run;
        try
        {
            SearchQuery query = new QueryCompiler(selected, DateTimeOffset.UtcNow).Compile(command.Key);
            run = SearchRun.Over(selected, query, wanted);
        }
        catch (StoreException) when (isSaved)
        {
            selected.Saved = new SavedSearch([]);
            throw;
        }
        finally
        {
            selected.Mailbox.Cache.Rest();
        }

        IReadOnlyList<uint> names = SearchReply.Name(selected, run.Found, command.ByUid);
        if (command.Return is null && !context.State.IsRev2)
        {
            SearchReply.WriteSearch(context.Output, names);
        }
        else if (wanted != SearchReturn.Save)
        {
            SearchReply.WriteExtended(context.Output, context.Tag, command.ByUid, wanted, names);
        }

        if (isSaved)
        {
            // What the table of RFC 9051 §6.4.4.1 asks of SAVE with MIN and MAX alone is what the run kept.
            selected.Saved = new SavedSearch([.. run.Found.Select(selected.Numbering.UidOf)]);
        }

        string text = run.Unreadable == 0
            ? "SEARCH completed"
            : $"SEARCH completed, but {run.Unreadable} messages could not be read";
        return CommandResult.Ok(text, run.Gone == 0 ? null : "EXPUNGEISSUED");
    }
}
