using Imapd.Protocol.Commands;
using Imapd.Worker.Commands;

namespace Imapd.Worker.Session;

/// <summary>What of other sessions' doing may be told before a command's answer.</summary>
internal enum UpdateRule
{
    /// <summary>Nothing: the command enters or leaves the selected state, or ends the session.</summary>
    Nothing,

    /// <summary>
    /// Everything but EXPUNGE: the command names messages by number, and so may the next one that is on its way already
    /// (RFC 9051 §7.5.1). Its UID form names none, and EXPUNGE may follow.
    /// </summary>
    NoExpungeByNumber,

    /// <summary>Everything.</summary>
    Everything,
}

/// <summary>One command: where it is allowed, what may be told with it, and who does it.</summary>
/// <param name="Name">As clients write it.</param>
/// <param name="States">The states it is allowed in.</param>
/// <param name="Updates">What may be told before its answer when a mailbox is selected.</param>
/// <param name="Handle">Does it; untagged responses are written on the way.</param>
internal sealed record CommandRow(
    string Name, ConnectionStates States, UpdateRule Updates, Func<CommandContext, Command, CommandResult> Handle);

/// <summary>All commands there are (RFC 9051 §6, RFC 3501 §6).</summary>
internal static class CommandTable
{
    private const ConnectionStates Any = ConnectionStates.Any;
    private const ConnectionStates Stranger = ConnectionStates.NotAuthenticated;
    private const ConnectionStates LoggedIn = ConnectionStates.LoggedIn;
    private const ConnectionStates Selected = ConnectionStates.Selected;

    private static readonly Dictionary<Type, CommandRow> Rows = new()
    {
        [typeof(CapabilityCommand)] = Row<CapabilityCommand>("CAPABILITY", Any, UpdateRule.Everything, CapabilityHandler.Handle),
        [typeof(NoopCommand)] = Row<NoopCommand>("NOOP", Any, UpdateRule.Everything, NoopHandler.Noop),
        [typeof(IdCommand)] = Row<IdCommand>("ID", Any, UpdateRule.Everything, IdHandler.Handle),
        [typeof(LogoutCommand)] = Row<LogoutCommand>("LOGOUT", Any, UpdateRule.Nothing, LogoutHandler.Handle),

        [typeof(StartTlsCommand)] = Row<StartTlsCommand>("STARTTLS", Stranger, UpdateRule.Nothing, StartTlsHandler.Handle),
        [typeof(LoginCommand)] = Row<LoginCommand>("LOGIN", Stranger, UpdateRule.Nothing, LoginHandler.Handle),
        [typeof(AuthenticateCommand)] =
            Row<AuthenticateCommand>("AUTHENTICATE", Stranger, UpdateRule.Nothing, AuthenticateHandler.Handle),

        [typeof(EnableCommand)] = Row<EnableCommand>("ENABLE", LoggedIn, UpdateRule.Everything, EnableHandler.Handle),
        [typeof(SelectCommand)] = Row<SelectCommand>("SELECT", LoggedIn, UpdateRule.Nothing, SelectHandler.Handle),
        [typeof(CreateCommand)] = Row<CreateCommand>("CREATE", LoggedIn, UpdateRule.Everything, MailboxHandlers.Create),
        [typeof(DeleteCommand)] = Row<DeleteCommand>("DELETE", LoggedIn, UpdateRule.Everything, MailboxHandlers.Delete),
        [typeof(RenameCommand)] = Row<RenameCommand>("RENAME", LoggedIn, UpdateRule.Everything, MailboxHandlers.Rename),
        [typeof(SubscribeCommand)] =
            Row<SubscribeCommand>("SUBSCRIBE", LoggedIn, UpdateRule.Everything, SubscriptionHandlers.Subscribe),
        [typeof(UnsubscribeCommand)] =
            Row<UnsubscribeCommand>("UNSUBSCRIBE", LoggedIn, UpdateRule.Everything, SubscriptionHandlers.Unsubscribe),
        [typeof(ListCommand)] = Row<ListCommand>("LIST", LoggedIn, UpdateRule.Everything, ListHandler.Handle),
        [typeof(LsubCommand)] = Row<LsubCommand>("LSUB", LoggedIn, UpdateRule.Everything, LsubHandler.Handle),
        [typeof(NamespaceCommand)] = Row<NamespaceCommand>("NAMESPACE", LoggedIn, UpdateRule.Everything, NamespaceHandler.Handle),
        [typeof(StatusCommand)] = Row<StatusCommand>("STATUS", LoggedIn, UpdateRule.Everything, StatusHandler.Handle),
        [typeof(AppendCommand)] = Row<AppendCommand>("APPEND", LoggedIn, UpdateRule.Everything, AppendHandler.Handle),
        [typeof(IdleCommand)] = Row<IdleCommand>("IDLE", LoggedIn, UpdateRule.Everything, IdleHandler.Handle),

        [typeof(CheckCommand)] = Row<CheckCommand>("CHECK", Selected, UpdateRule.Everything, NoopHandler.Check),
        [typeof(CloseCommand)] = Row<CloseCommand>("CLOSE", Selected, UpdateRule.Nothing, CloseHandler.Close),
        [typeof(UnselectCommand)] = Row<UnselectCommand>("UNSELECT", Selected, UpdateRule.Nothing, CloseHandler.Unselect),
        [typeof(FetchCommand)] = Row<FetchCommand>("FETCH", Selected, UpdateRule.NoExpungeByNumber, FetchHandler.Handle),
        [typeof(SearchCommand)] = Row<SearchCommand>("SEARCH", Selected, UpdateRule.NoExpungeByNumber, SearchHandler.Handle),
        [typeof(ExpungeCommand)] = Row<ExpungeCommand>("EXPUNGE", Selected, UpdateRule.Everything, ExpungeHandler.Handle),
        [typeof(StoreCommand)] = Row<StoreCommand>("STORE", Selected, UpdateRule.NoExpungeByNumber, StoreHandler.Handle),
        [typeof(CopyCommand)] = Row<CopyCommand>("COPY", Selected, UpdateRule.Everything, CopyHandler.Copy),
        [typeof(MoveCommand)] = Row<MoveCommand>("MOVE", Selected, UpdateRule.Everything, CopyHandler.Move),
    };

    /// <summary>The row of a command; null when there is no such command.</summary>
    public static CommandRow? Find(Command command) => Rows.GetValueOrDefault(command.GetType());

    /// <summary>The answer to a command that there is not.</summary>
    public static CommandResult NoSuchCommand(string name) => CommandResult.Bad($"There is no command {name}");

    /// <summary>The answer to a command that is not allowed now (RFC 9051 §3); null when it is.</summary>
    public static CommandResult? Refuse(CommandRow row, ConnectionStates now) => (row.States & now) != 0 ? null : CommandResult.Bad(
        $"{row.Name} is not allowed " + now switch
        {
            ConnectionStates.NotAuthenticated => "before login",
            ConnectionStates.Authenticated => "now: the client is logged in, and no mailbox is selected",
            _ => "now: the client is logged in, and a mailbox is selected",
        },
        "CLIENTBUG");

    /// <summary>
    /// The answer to a command of which only the name is known, because a literal is announced behind it: the literal is
    /// asked for only if the command is one and is allowed (RFC 9051 §7.6).
    /// </summary>
    /// <param name="name">As the parser has it, in capitals, with UID where that stands before it; null when none could be read.</param>
    /// <param name="now">The state.</param>
    /// <returns>Null when the command may go on.</returns>
    public static CommandResult? RefuseUnread(string? name, ConnectionStates now)
    {
        if (name is null || !CommandParser.IsCommand(name))
        {
            return NoSuchCommand(name ?? "that begins so");
        }

        string plain = name.StartsWith("UID ", StringComparison.Ordinal) ? name[4..] : name;
        string shared = plain == "EXAMINE" ? "SELECT" : plain; // one row, since one command may be either
        return Refuse(Rows.Values.First(row => row.Name == shared), now);
    }

    /// <summary>Whether EXPUNGE may be told before the answer to this command.</summary>
    public static bool MayExpunge(CommandRow row, Command command) =>
        row.Updates == UpdateRule.Everything
        || (row.Updates == UpdateRule.NoExpungeByNumber
            && command is FetchCommand { ByUid: true } or StoreCommand { ByUid: true } or SearchCommand { ByUid: true });

    private static CommandRow Row<T>(
        string name, ConnectionStates states, UpdateRule updates, Func<CommandContext, T, CommandResult> handle)
        where T : Command =>
        new(name, states, updates, (context, command) => handle(context, (T)command));
}
