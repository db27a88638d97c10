using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;
using Imapd.Worker.Selected;
using Imapd.Worker.Session;

namespace Imapd.Worker.Commands;

/// <summary>STORE and UID STORE (RFC 9051 §6.4.6).</summary>
internal static class StoreHandler
{
    /// <summary>Changes flags of every message that is still there, and unless silent tells what they are now.</summary>
    /// <remarks>
    /// Messages whose flags cannot be changed do not keep the others from it; then the answer is NO, and a silent STORE too
    /// tells the flags that are not what the client must think.
    /// </remarks>
    /// <exception cref="StoreException">
    /// ReadOnly in a mailbox opened by EXAMINE; Limit when there is no room for another keyword. Nothing was changed then.
    /// </exception>
    public static CommandResult Handle(CommandContext context, StoreCommand command)
    {
        SelectedMailbox selected = context.Selected!;
        IReadOnlyList<Uid> uids = selected.Resolve(command.Set, command.ByUid);
        if (selected.IsReadOnly)
        {
            throw new StoreException(StoreError.ReadOnly, "The mailbox can only be read");
        }

        if (uids.Count == 0)
        {
            return CommandResult.Ok("STORE completed, no such messages");
        }

        MailboxState before = selected.State;
        MailboxState state = selected.Mailbox.ChangeFlags(
            uids, new FlagChange(KindOf(command.Action), command.Flags), out StoreException? refused);
        selected.TellKeywords(context.Output, state);
        int gone = 0;
        foreach (Uid uid in uids)
        {
            int index = state.IndexOf(uid);
            if (index < 0)
            {
                gone++;
            }
            else if (!command.Silent)
            {
                Tell(context, uid, index, state, command.ByUid);
            }
            else if (IsAsTheClientThinks(command, uid, before, state, index))
            {
                selected.FlagsWereTold(uid, state.ModSeqAt(index));
            }
            else if (refused is not null)
            {
                Tell(context, uid, index, state, command.ByUid);
            }
        }

        if (refused is not null)
        {
            return CommandResult.No($"Not all messages were changed: {refused.Message}", StoreErrorCodes.Of(refused.Error));
        }

        // RFC 2180 §4.2.1: who does not want to hear of flags need not hear of lost messages before the EXPUNGE. A UID that
        // is no more is no error (RFC 9051 §6.4.9).
        return gone == 0 ? CommandResult.Ok("STORE completed")
            : command.Silent || command.ByUid ? CommandResult.Ok("STORE completed, some of the messages are gone", "EXPUNGEISSUED")
            : CommandResult.No("Some of the messages are gone", "EXPUNGEISSUED");
    }

    private static FlagChangeKind KindOf(StoreAction action) => action switch
    {
        StoreAction.Add => FlagChangeKind.Add,
        StoreAction.Remove => FlagChangeKind.Remove,
        _ => FlagChangeKind.Replace,
    };

    private static void Tell(CommandContext context, Uid uid, int index, MailboxState state, bool byUid)
    {
        SelectedMailbox selected = context.Selected!;
        ResponseWriter output = context.Output;
        output.Raw("* "u8).Number(selected.Numbering.NumberOf(uid)!.Value.Value).Raw(" FETCH ("u8);
        if (byUid)
        {
            output.Raw("UID "u8).Number(uid.Value).Sp();
        }

        output.Raw("FLAGS "u8);
        output.Flags(state.FlagsAt(index), state.Keywords, !context.State.IsRev2 && state.IsRecentAt(index));
        output.Raw(")\r\n"u8);
        selected.FlagsWereTold(uid, state.ModSeqAt(index));
    }

    /// <summary>
    /// Whether a silent client can work out the flags by itself. Where somebody else changed them meanwhile it cannot,
    /// and is told with the next updates (RFC 9051 §6.4.6).
    /// </summary>
    private static bool IsAsTheClientThinks(
        StoreCommand command, Uid uid, MailboxState before, MailboxState state, int index)
    {
        int was = before.IndexOf(uid);
        if (was < 0)
        {
            return false;
        }

        MessageFlags old = before.FlagsAt(was);
        SystemFlags system = command.Flags.System;
        uint keywords = BitsOf(command.Flags.Keywords, state.Keywords);
        MessageFlags expected = command.Action switch
        {
            StoreAction.Add => new MessageFlags(old.System | system, old.KeywordBits | keywords),
            StoreAction.Remove => new MessageFlags(old.System & ~system, old.KeywordBits & ~keywords),
            _ => new MessageFlags(system, keywords),
        };
        return state.FlagsAt(index) == expected;
    }

    private static uint BitsOf(IReadOnlyList<string> names, IReadOnlyList<string> keywords)
    {
        uint bits = 0;
        for (int i = 0; i < keywords.Count; i++)
        {
            if (names.Contains(keywords[i], StringComparer.OrdinalIgnoreCase))
            {
                bits |= 1u << i;
            }
        }

        return bits;
    }
}
