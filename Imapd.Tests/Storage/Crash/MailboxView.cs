using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;

namespace Imapd.Tests.Storage.Crash;

/// <summary>A message as a client sees it.</summary>
/// <param name="Uid">Its UID.</param>
/// <param name="Content">All of it, in wire form.</param>
/// <param name="Flags">System flags and keywords, in one order.</param>
internal sealed record MessageView(uint Uid, string Content, string Flags);

/// <summary>A mailbox as a client sees it.</summary>
internal sealed record MailboxView(
    string Name, string Id, uint UidValidity, uint UidNext, ulong HighestModSeq, IReadOnlyList<MessageView> Messages)
{
    public IEnumerable<string> Contents => Messages.Select(static message => message.Content);

    public static MailboxView Of(MailStore store, MailboxName name)
    {
        using Mailbox mailbox = store.Select(name, readOnly: true);
        MailboxState state = mailbox.State;
        return new MailboxView(
            name.Value,
            state.MailboxId,
            state.UidValidity.Value,
            state.UidNext.Value,
            state.HighestModSeq.Value,
            [.. Enumerable.Range(0, state.Count).Select(index => new MessageView(
                state.UidAt(index).Value, mailbox.Wire(state.UidAt(index)), FlagsOf(state, index)))]);
    }

    private static string FlagsOf(MailboxState state, int index) => string.Join(
        ' ', state.KeywordsAt(index).Order(StringComparer.Ordinal).Prepend(state.FlagsAt(index).System.ToString()));
}

/// <summary>All of a user's mail as a client sees it.</summary>
internal sealed record TreeView(IReadOnlyDictionary<string, MailboxView> Mailboxes, IReadOnlyList<string> Subscriptions)
{
    public MailboxView this[string name] => Mailboxes[name];

    public static TreeView Of(MailStore store) => new(
        store.List().Where(static entry => entry.Exists)
            .ToDictionary(static entry => entry.Name.Value, entry => MailboxView.Of(store, entry.Name)),
        [.. store.Subscriptions().Select(static name => name.Value)]);

    public static TreeView Of(StoreOptions options)
    {
        using MailStore store = MailStore.Open(options);
        return Of(store);
    }
}
