using System.Globalization;
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
        string greeting = Read();
        Require(greeting.StartsWith("* PREAUTH", StringComparison.Ordinal) || greeting.StartsWith("* OK", StringComparison.Ordinal), greeting);
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
        string line;
        while (!(line = Read()).StartsWith('+'))
        {
            Take(command, new ClientReply(), line);
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
        while (true)
        {
            string line = Read();
            if (line.StartsWith(tag + " ", StringComparison.Ordinal))
            {
                reply.Status = line[(tag.Length + 1)..];
                NoteCode(reply, reply.Status);
                return reply;
            }

            Take(command, reply, line);
        }
    }

    private void Take(ClientCommand command, ClientReply reply, string line)
    {
        Require(line.StartsWith("* ", StringComparison.Ordinal), $"answered with {line}");
        string text = line[2..];
        if (text.StartsWith("OK ", StringComparison.Ordinal) || text.StartsWith("NO ", StringComparison.Ordinal))
        {
            NoteCode(reply, text);
            return;
        }

        string[] words = text.Split(' ', 3);
        if (char.IsAsciiDigit(text[0]))
        {
            Numbered(command, reply, int.Parse(words[0], CultureInfo.InvariantCulture), words[1], words.Length > 2 ? words[2] : "");
            return;
        }

        switch (words[0])
        {
            case "SEARCH" or "ESEARCH":
                FoundBySearch(reply, ImapValue.ParseAll(text));
                break;
            case "STATUS":
                IReadOnlyList<ImapValue> items = ImapValue.ParseAll(text)[2].Items;
                for (int i = 0; i < items.Count; i += 2)
                {
                    reply.StatusItems[items[i].Text!] = items[i + 1].Number;
                }

                break;
            case "FLAGS" or "LIST" or "ENABLED" or "CAPABILITY":
                break;
            default:
                throw new StressFailure($"said {line}");
        }
    }

    private void Numbered(ClientCommand command, ClientReply reply, int number, string word, string rest)
    {
        Require(Mailbox is not null, $"{number} {word} and no mailbox is selected");
        switch (word)
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
            case "FETCH":
                Fetched(reply, number, ImapValue.ParseAll(rest)[0].Items);
                break;
            default:
                throw new StressFailure($"said {number} {word}");
        }
    }

    private void Fetched(ClientReply reply, int number, IReadOnlyList<ImapValue> items)
    {
        uint uid = 0;
        int flags = ClientView.Unknown;
        for (int i = 0; i < items.Count; i += 2)
        {
            uid = items[i].Text == "UID" ? items[i + 1].Number : uid;
            flags = items[i].Text == "FLAGS" ? FlagAlphabet.Parse(items[i + 1].Items.Select(item => item.Text!)) : flags;
        }

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

        FetchedContent.Check(ledger, Mailbox, uid, items);
    }

    private static void FoundBySearch(ClientReply reply, IReadOnlyList<ImapValue> values)
    {
        for (int i = 1; i < values.Count; i++)
        {
            string word = values[i].Text ?? "";
            if (values[0].Text == "SEARCH")
            {
                reply.Found.Add(values[i].Number);
            }
            else if (word == "ALL")
            {
                reply.Found.AddRange(ClientReply.Numbers(values[++i].Text!));
            }
        }
    }

    private void NoteCode(ClientReply reply, string text)
    {
        int open = text.IndexOf('[', StringComparison.Ordinal);
        int close = text.IndexOf(']', StringComparison.Ordinal);
        if (open is < 0 or > 4 || close < open)
        {
            return;
        }

        string code = text[(open + 1)..close];
        reply.Codes.Add(code);
        string[] words = code.Split(' ');
        switch (words[0])
        {
            case "UIDNEXT":
                View.UidNext = uint.Parse(words[1], CultureInfo.InvariantCulture);
                break;
            case "UIDVALIDITY":
                View.UidValidity = uint.Parse(words[1], CultureInfo.InvariantCulture);
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

    private string Read()
    {
        string? line = (_connection ?? throw new ServerGoneException()).Read();
        trace.Add("S:", line ?? "(gone)");
        return line ?? throw Gone();
    }

    private ServerGoneException Gone()
    {
        Waiting = ("", long.MaxValue);
        Drop();
        return new ServerGoneException();
    }
}
