using System.Globalization;
using Imapd.Tests.Responses;
using Imapd.Tests.Stress.Model;

namespace Imapd.Tests.Stress.Client;

/// <summary>
/// A session with a strict client: it holds every response against the rules of numbering, against what it was told before
/// and against what all sessions together know.
/// </summary>
internal sealed class ClientSession(StressLedger ledger, Recording trace)
{
    private StressConnection? _connection;
    private int _tag;

    /// <summary>The selected mailbox; null when there is none.</summary>
    public MailboxLedger? Mailbox { get; private set; }

    public ClientView View { get; private set; } = new();

    public bool IsReadOnly { get; private set; }

    /// <summary>The server has looked at the mailbox after this.</summary>
    public long LastSync { get; private set; }

    /// <summary>What is waited for, since when in milliseconds; for whoever watches that nothing hangs.</summary>
    public (string Command, long Since) Waiting { get; private set; } = ("", long.MaxValue);

    public void Connect(StressConnection connection, bool isRev2, string login)
    {
        Drop();
        _connection = connection;
        Waiting = ("greeting", Environment.TickCount64);
        Response greeting = Read();
        Require(greeting.Tag == "*" && greeting.Name is "PREAUTH" or "OK", "greeted with " + greeting);
        if (login.Length > 0)
        {
            MustBeOk(Execute(new ClientCommand(login)));
        }

        if (isRev2)
        {
            MustBeOk(Execute(new ClientCommand("ENABLE IMAP4rev2")));
        }

        Waiting = ("", long.MaxValue);
    }

    /// <summary>Ends the connection as it is.</summary>
    public void Drop()
    {
        _connection?.Dispose();
        _connection = null;
        Mailbox = null;
        View = new ClientView();
    }

    public ClientReply Select(MailboxLedger mailbox, bool isReadOnly = false)
    {
        uint floor = mailbox.Floor;
        long start = ledger.Clock.Next();
        ClientReply reply = Execute(new ClientCommand($"{(isReadOnly ? "EXAMINE" : "SELECT")} {mailbox.Name}")
        {
            ForbidsExpunge = true,
            OnStart = () =>
            {
                Mailbox = mailbox;
                View = new ClientView();
                IsReadOnly = isReadOnly;
            },
        });
        MustBeOk(reply);
        LastSync = start;
        mailbox.CheckUidValidity(View.UidValidity);
        mailbox.CheckUidNext(View.UidNext, floor);
        return reply;
    }

    public void Unselect(string command)
    {
        MustBeOk(Execute(new ClientCommand(command) { ForbidsExpunge = true }));
        Mailbox = null;
        View = new ClientView();
    }

    /// <summary>Sends a command and takes in all that is said until it is answered.</summary>
    public ClientReply Execute(ClientCommand command) => Execute([command])[0];

    /// <summary>Sends commands together.</summary>
    public IReadOnlyList<ClientReply> Execute(IReadOnlyList<ClientCommand> commands)
    {
        long start = ledger.Clock.Next();
        int firstTag = _tag + 1;
        _tag += commands.Count;
        string text = string.Concat(commands.Select((command, place) => Tag(firstTag + place) + " " + command.Text + "\r\n"));
        Waiting = (text, Environment.TickCount64);
        Send(text);
        var replies = new List<ClientReply>();
        foreach (ClientCommand command in commands)
        {
            command.OnStart?.Invoke();
            ClientReply reply = Finish(command, Tag(firstTag + replies.Count));
            LastSync = reply.IsOk && Mailbox is not null ? start : LastSync;
            replies.Add(reply);
        }

        Waiting = ("", long.MaxValue);
        return replies;
    }

    /// <summary>IDLE for some time.</summary>
    public ClientReply Idle(int milliseconds)
    {
        long start = ledger.Clock.Next();
        string tag = Tag(++_tag);
        Waiting = ("IDLE", Environment.TickCount64);
        Send($"{tag} IDLE\r\n");
        var command = new ClientCommand("IDLE");
        Response response;
        while (!(response = Read()).IsContinuation)
        {
            Take(command, new ClientReply(), response);
        }

        Thread.Sleep(milliseconds);
        Send("DONE\r\n");
        ClientReply reply = Finish(command, tag);
        LastSync = start;
        Waiting = ("", long.MaxValue);
        return reply;
    }

    public static void MustBeOk(ClientReply reply) => Require(reply.IsOk, "answered: " + reply.Status);

    private static string Tag(int number) => string.Create(CultureInfo.InvariantCulture, $"c{number}");

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new StressFailure(otherwise);
        }
    }

    private ClientReply Finish(ClientCommand command, string tag)
    {
        var reply = new ClientReply();
        Response response;
        while ((response = Read()).Tag != tag)
        {
            Take(command, reply, response);
        }

        reply.Note(response);
        return reply;
    }

    private void Take(ClientCommand command, ClientReply reply, Response response)
    {
        Require(response.Tag == "*", $"answered with {response}");
        switch (response.Name)
        {
            case "OK" or "NO":
                NoteState(reply, response);
                break;
            case "EXISTS" or "RECENT" or "EXPUNGE" or "FETCH":
                Numbered(command, reply, response);
                break;
            case "SEARCH":
                reply.Found.AddRange(response.Values.Select(static value => value.Number));
                break;
            case "ESEARCH":
                reply.Found.AddRange(response["ALL"] is { } all ? ClientReply.Numbers(all.Text) : []);
                break;
            case "STATUS":
                for (int i = 2; i < response.Values.Count; i += 2)
                {
                    reply.StatusItems[response.Values[i].Text] = response.Values[i + 1].Number;
                }

                break;
            case "FLAGS" or "LIST" or "ENABLED" or "CAPABILITY":
                break;
            default:
                throw new StressFailure($"said {response}");
        }
    }

    private void Numbered(ClientCommand command, ClientReply reply, Response response)
    {
        int number = (int)response.Number;
        Require(Mailbox is not null, $"{number} {response.Name} and no mailbox is selected");
        switch (response.Name)
        {
            case "EXISTS":
                View.Exists(number);
                break;
            case "RECENT":
                Require(number <= View.Count, $"RECENT {number} of {View.Count}");
                break;
            case "EXPUNGE":
                Require(!command.ForbidsExpunge, $"EXPUNGE while {command.Text}");
                uint lost = View.Expunge(number);
                if (lost != 0)
                {
                    Mailbox!.Gone(lost);
                }

                break;
            default:
                Fetched(reply, response);
                break;
        }
    }

    private void Fetched(ClientReply reply, Response response)
    {
        int number = (int)response.Number;
        uint uid = response["UID"]?.Number ?? 0;
        int flags = response["FLAGS"] is { } told ? FlagAlphabet.Parse(told.Items.Select(item => item.Text)) : ClientView.Unknown;
        View.Fetched(number, uid, flags);
        uid = View.UidOf(number);
        if (uid == 0)
        {
            return;
        }

        Mailbox!.Seen(uid);
        if (flags != ClientView.Unknown)
        {
            Mailbox.CheckFlags(uid, flags, LastSync);
            reply.Flags.Add((uid, flags));
        }

        FetchedContent.Check(ledger, Mailbox, uid, response.Values);
    }

    private void NoteState(ClientReply reply, Response state)
    {
        reply.Note(state);
        switch (state.Code)
        {
            case "UIDNEXT":
                View.UidNext = state.CodeValues[0].Number;
                break;
            case "UIDVALIDITY":
                View.UidValidity = state.CodeValues[0].Number;
                break;
            default:
                break;
        }
    }

    private void Send(string text)
    {
        trace.Add("C:", text);
        try
        {
            (_connection ?? throw new ServerGoneException()).Send(text);
        }
        catch (IOException)
        {
            throw Gone();
        }
    }

    private Response Read()
    {
        StressConnection connection = _connection ?? throw new ServerGoneException();
        Response? response = connection.Read();
        trace.Add("S:", response is null ? "(gone)" : connection.LastText);
        return response ?? throw Gone();
    }

    private ServerGoneException Gone()
    {
        Waiting = ("", long.MaxValue);
        Drop();
        return new ServerGoneException();
    }
}
