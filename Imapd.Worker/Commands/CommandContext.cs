using Imapd.Protocol.Handoff;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;
using Imapd.Worker.Selected;
using Imapd.Worker.Session;

namespace Imapd.Worker.Commands;

/// <summary>What handlers work with: one for the whole session, on the session's thread.</summary>
internal sealed class CommandContext(
    ClientConnection client, ISessionHost host, SessionOptions options, ResponseWriter output, SessionInput input)
{
    private MailStore? _store;

    /// <summary>The client's stream; handlers write to <see cref="Output"/> instead.</summary>
    public ClientConnection Client { get; } = client;

    /// <summary>The process around the session.</summary>
    public ISessionHost Host { get; } = host;

    /// <summary>How the session is set up.</summary>
    public SessionOptions Options { get; } = options;

    /// <summary>Where untagged responses go.</summary>
    public ResponseWriter Output { get; } = output;

    /// <summary>What the client sends next, for the commands that take more than a line (AUTHENTICATE, IDLE).</summary>
    public SessionInput Input { get; } = input;

    /// <summary>What is remembered between commands.</summary>
    public SessionState State { get; } = new();

    /// <summary>The tag of the command being handled.</summary>
    public string Tag { get; set; } = "";

    /// <summary>What is done once the command's answer is written: STARTTLS, or the session's end.</summary>
    public Action? AfterAnswer { get; set; }

    /// <summary>The message that APPEND has brought in its literal; null for every other command.</summary>
    public PendingAppend? Append { get; set; }

    /// <summary>The selected mailbox; null in the other states.</summary>
    public SelectedMailbox? Selected { get; private set; }

    /// <summary>The user's mail.</summary>
    /// <exception cref="InvalidOperationException">Nobody is logged in: the command table does not let it come to that.</exception>
    public MailStore Store => _store ?? throw new InvalidOperationException("Nobody is logged in");

    /// <summary>Which of the states of RFC 9051 §3 this is.</summary>
    public ConnectionStates Connection =>
        _store is null ? ConnectionStates.NotAuthenticated
        : Selected is null ? ConnectionStates.Authenticated
        : ConnectionStates.Selected;

    /// <summary>Enters the authenticated state.</summary>
    /// <exception cref="StoreException">The mail cannot be opened; nobody is logged in then.</exception>
    public void LogIn(string user, string mailRoot)
    {
        _store = MailStore.Open(new StoreOptions
        {
            Root = mailRoot,
            HostName = Options.HostName,
            Layout = Options.Layout,
            LockWaitSeconds = Options.LockWaitSeconds,

            // Names of directories may hold anything, and a line in the log is to stay one.
            Log = line => Host.Log(LogSeverity.Warning, string.Concat(line.Select(static c => char.IsControl(c) ? '?' : c))),
        });
        State.User = user;
        State.BadCommands = 0;
        AutoMailboxes.Make(_store, Options.AutoMailboxes, why => Host.Log(LogSeverity.Warning, why));
    }

    /// <summary>The mailbox that a client means by a name: itself, or what it is an alias of.</summary>
    public MailboxName Real(MailboxName called) => Options.PrefixAlias?.Resolve(Store, called) ?? called;

    /// <summary>Enters the selected state.</summary>
    public void Select(SelectedMailbox mailbox)
    {
        LeaveSelectedState();
        Selected = mailbox;
    }

    /// <summary>Goes back to the authenticated state, if a mailbox is selected. Nothing is expunged by it.</summary>
    public void LeaveSelectedState()
    {
        Selected?.Dispose();
        Selected = null;
    }

    /// <summary>Closes what is open; at the session's end.</summary>
    public void Close()
    {
        Append?.Dispose();
        LeaveSelectedState();
        _store?.Dispose();
    }
}
