using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Worker.Fetch;
using Imapd.Worker.Selected;

namespace Imapd.Worker.Commands;

/// <summary>FETCH and UID FETCH (RFC 9051 §6.4.5, RFC 3501 §6.4.5, RFC 3516).</summary>
internal static class FetchHandler
{
    private static readonly FlagChange AddSeen = new(FlagChangeKind.Add, new FlagSet(SystemFlags.Seen, []));

    /// <summary>Answers for every message that can be read; a NO in the end says that some could not.</summary>
    public static CommandResult Handle(CommandContext context, FetchCommand command)
    {
        SelectedMailbox selected = context.Selected!;
        var plan = new FetchPlan(command, selected.IsReadOnly);
        IReadOnlyList<Uid> uids = selected.Resolve(command.Set, command.ByUid);
        MailboxState before = selected.State;
        MailboxState state = plan.SetsSeen ? SetSeen(selected, uids) : before;
        selected.TellKeywords(context.Output, state);
        var fetcher = new MessageFetcher(context, plan, before, state);
        try
        {
            foreach (Uid uid in uids)
            {
                fetcher.Answer(uid);
            }
        }
        finally
        {
            selected.Mailbox.Cache.Rest();
        }

        if (fetcher.Refused is { } refused)
        {
            return CommandResult.No(refused.Message, refused.Code);
        }

        if (fetcher.Unreadable is { } unreadable)
        {
            throw unreadable;
        }

        return fetcher.Gone == 0 ? CommandResult.Ok("FETCH completed") : SomeAreGone(command);
    }

    /// <remarks>
    /// All at once and before anything is sent, because the same responses tell the new flags. A mailbox whose flags
    /// cannot be changed can still be read.
    /// </remarks>
    private static MailboxState SetSeen(SelectedMailbox selected, IReadOnlyList<Uid> uids)
    {
        MailboxState state = selected.State;
        var unseen = new List<Uid>();
        foreach (Uid uid in uids)
        {
            int index = state.IndexOf(uid);
            if (index >= 0 && (state.FlagsAt(index).System & SystemFlags.Seen) == 0)
            {
                unseen.Add(uid);
            }
        }

        try
        {
            return unseen.Count == 0 ? state : selected.Mailbox.ChangeFlags(unseen, AddSeen, out _);
        }
        catch (StoreException)
        {
            return selected.State;
        }
    }

    // RFC 2180 §4.1.2: the client learns which ones from the EXPUNGE that follows with its next command. A UID that is
    // no more is no error (RFC 9051 §6.4.9): clients that synchronise by UID give up a whole mailbox for a NO.
    private static CommandResult SomeAreGone(FetchCommand command)
    {
        const string Code = "EXPUNGEISSUED";
        const string Text = "Some of the messages are gone";
        return command.ByUid ? CommandResult.Ok(Text, Code) : CommandResult.No(Text, Code);
    }
}
