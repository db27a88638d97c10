using Imapd.Protocol.Commands;
using Imapd.Protocol.Handoff;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;
using Imapd.Worker.Commands;
using Imapd.Worker.Native;

namespace Imapd.Worker.Session;

/// <summary>
/// One client from greeting to goodbye, on one thread: reads commands, has them done in the order they came, and writes
/// the answers (RFC 9051 §2.2, §3, §5.5).
/// </summary>
internal sealed class ImapSession
{
    private readonly ClientConnection _client;
    private readonly ISessionHost _host;
    private readonly SessionOptions _options;
    private readonly ResponseWriter _output;
    private readonly SessionInput _input;
    private readonly CommandContext _context;
    private readonly CommandAssembler _assembler = new(CommandLimits.BeforeLogin) { MostSkippedOctets = SessionLimits.SkippedOctets };
    private readonly LiteralReception _literals;
    private CommandRecord? _record;

    /// <summary>Sets up a session; <see cref="Run"/> has it.</summary>
    /// <param name="client">The stream, which stays the caller's to dispose of.</param>
    /// <param name="host">The process around it.</param>
    /// <param name="options">How it is set up.</param>
    public ImapSession(ClientConnection client, ISessionHost host, SessionOptions options)
    {
        _client = client;
        _client.ControlDescriptor = host.ControlDescriptor;
        _host = host;
        _options = options;
        _output = new ResponseWriter(client);
        _input = new SessionInput(client, host, _output, options.IsAlone ? new IdleMemory() : null);
        _context = new CommandContext(client, host, options, _output, _input);
        _context.State.IsTls = host.Facts.Tls is not null;
        _literals = new LiteralReception(_context, _assembler);
        _record = client.RawLog is { } log ? new CommandRecord(log, _assembler, _output) : null;
    }

    /// <summary>Serves the client until one of the two has had enough, and reports the end to the host.</summary>
    /// <returns>How it ended; <see cref="SessionEnd.InternalError"/> asks the caller to end the process as crashed.</returns>
    public SessionEnd Run()
    {
        SessionEnd end;
        try
        {
            end = Serve();
        }
        catch (ClientGoneException gone)
        {
            end = !gone.IsStuck ? SessionEnd.Disconnected : _client.IsAskedToEnd ? SessionEnd.Shutdown : SessionEnd.ClientStuck;
        }
        catch (OutOfMemoryException)
        {
            _host.Log(LogSeverity.Error, "Out of memory: the session ends");
            TrySayBye("UNAVAILABLE", "The server is out of memory");
            end = SessionEnd.InternalError;
        }
        catch (Exception bug)
        {
            // Whatever state this is, it is none that anyone has thought of: nothing more is done in it.
            _host.Log(LogSeverity.Error, bug.ToString());
            TrySayBye("SERVERBUG", "Internal error; it is in the server's log");
            end = SessionEnd.InternalError;
        }
        finally
        {
            _context.Close();
        }

        _host.Report(end, _client.OctetsIn, _client.OctetsOut);
        return end;
    }

    private SessionEnd Serve()
    {
        try
        {
            Greet();
            while (true)
            {
                Step();
            }
        }
        catch (SessionOverException over)
        {
            if (over.Bye is not null)
            {
                TrySayBye(over.Code, over.Bye);
            }
            else if (over.Reason != SessionEnd.StartTlsFailed)
            {
                _output.Flush();
            }

            return over.Reason;
        }
    }

    private void Greet()
    {
        ConnectionFacts facts = _host.Facts;
        if (facts.Refusal is { } refusal)
        {
            throw new SessionOverException(SessionEnd.Logout, refusal.Code, refusal.Text);
        }

        if (facts.PreauthenticatedUser is not string user)
        {
            _input.SetDeadline(_options.LoginMilliseconds, SessionEnd.LoginTimeout);
            _output.Raw("* OK [CAPABILITY "u8).Raw(Capabilities.Now(_context)).Raw("] "u8).HumanText(_options.Greeting).Crlf();
            return;
        }

        try
        {
            _context.LogIn(user, facts.PreauthenticatedMailRoot!);
        }
        catch (StoreException error)
        {
            throw new SessionOverException(SessionEnd.Logout, StoreErrorCodes.Of(error.Error), error.Message);
        }

        BeginUserLog();
        _assembler.Limits = CommandLimits.AfterLogin;
        _input.SetDeadline(_options.AutologoutMilliseconds, SessionEnd.Autologout);
        _output.Raw("* PREAUTH [CAPABILITY "u8).Raw(Capabilities.Now(_context)).Raw("] "u8)
            .HumanText($"{_options.Greeting}, logged in as {user}").Crlf();
        LoginAttempt.WriteAlert(_context, facts.Alert);
    }

    /// <summary>Takes what has arrived as far as the next thing to do, and does it.</summary>
    private void Step()
    {
        _input.Wait();
        AssemblerResult result = _assembler.Offer(_input.Arrived, out int taken);
        _input.Take(taken);
        switch (result)
        {
            case AssemblerResult.LiteralAnnounced:
                _record?.Announced();
                if (_literals.Announced(Options) is CommandResult refusal)
                {
                    _record?.Refused();
                    Answer(_assembler.Tag, refusal);
                }

                break;
            case AssemblerResult.Refused:
                _record?.Refused();
                Answer(_literals.RefusedTag, _literals.Refusal);
                break;
            case AssemblerResult.TooLongToSkip:
                throw LiteralReception.TooLongToSkip();
            case AssemblerResult.LineTooLong:
                _record?.Refused();
                Answer(_assembler.Tag, CommandResult.Bad(
                    $"A command has at most {_assembler.Limits.MaxLineOctets} octets outside its literals"));
                break;
            case AssemblerResult.Complete:
                _record?.Complete();
                Execute();
                break;
        }
    }

    private void Execute()
    {
        bool wasStranger = IsStranger;
        string? tag = _assembler.Tag;
        CommandResult result;
        try
        {
            (tag, Command command) = CommandParser.Parse(_assembler.Command, Options);
            _context.Tag = tag;
            result = Do(command);
        }
        catch (ImapSyntaxException error)
        {
            result = CommandResult.Bad(error.Message);
        }
        catch (ImapRefusedException error)
        {
            if (error.EmptiesSavedSearch && _context.Selected is { } selected)
            {
                selected.Saved = null;
            }

            if (error.LeavesMailbox)
            {
                SelectHandler.LeaveMailbox(_context);
            }

            result = CommandResult.No(error.Message, error.Code);
        }

        if (wasStranger && !IsStranger)
        {
            _assembler.Limits = CommandLimits.AfterLogin;
            BeginUserLog();
            _client.RawLog?.Note($"logged in as {_context.State.User}");
        }

        Answer(tag, result);
    }

    // What the user has of his session begins with the login, which is what makes the process the user's.
    private void BeginUserLog()
    {
        if (_client.RawLog is null && _host.UserLog is { } log)
        {
            _client.RawLog = log;
            _record = new CommandRecord(log, _assembler, _output);
        }
    }

    /// <summary>Does a command if it is allowed now, and tells what is new as its row in the table allows.</summary>
    private CommandResult Do(Command command)
    {
        if (CommandTable.Find(command) is not CommandRow row)
        {
            return CommandTable.NoSuchCommand(command is UnknownCommand unknown ? unknown.Name : "");
        }

        if (CommandTable.Refuse(row, _context.Connection) is CommandResult refusal)
        {
            return refusal;
        }

        CommandResult result;
        try
        {
            result = row.Handle(_context, command);
        }
        catch (StoreException error)
        {
            result = CommandResult.No(error.Message, StoreErrorCodes.Of(error.Error));
        }

        if (row.Updates != UpdateRule.Nothing)
        {
            TellUpdates(CommandTable.MayExpunge(row, command));
        }

        return result;
    }

    private void TellUpdates(bool mayExpunge)
    {
        try
        {
            _context.Selected?.TellUpdates(_output, mayExpunge);
        }
        catch (StoreException error) when (error.Error == StoreError.NonExistent)
        {
            // RFC 2180 §3.3. No response takes a client out of the selected state, and numbers without messages would
            // mislead it; it comes back and lists what there is.
            _context.AfterAnswer = () => throw new SessionOverException(SessionEnd.Logout, null, error.Message);
        }
        catch (StoreException error)
        {
            // The command was done or refused for reasons of its own; that the mailbox cannot be looked at now is news
            // for the next one.
            _host.Log(LogSeverity.Warning, $"The selected mailbox cannot be looked at: {error.Message}");
        }
    }

    private bool IsStranger => _context.Connection == ConnectionStates.NotAuthenticated;

    private ParserOptions Options => new(_context.State.Utf8, _assembler.Limits)
    {
        RefusesCharset = _context.State is { IsUtf8Accept: true, IsRev2: false },
    };

    private void Answer(string? tag, CommandResult result)
    {
        // A message that was not stored by now belongs to a command that failed.
        _context.Append?.Dispose();
        _context.Append = null;

        _record?.BeforeAnswer(result.Kind == ResultKind.Bad);
        _output.Raw(tag ?? "*").Raw(result.Kind switch
        {
            ResultKind.Ok => " OK "u8,
            ResultKind.No => " NO "u8,
            _ => " BAD "u8,
        });
        WriteText(result.Code, result.Text);
        _record?.AfterAnswer();
        CountBadCommands(result);

        if (!IsStranger)
        {
            // From the answer on, not from the question: what was asked may have taken as long as the client's line is slow.
            _input.SetDeadline(_options.AutologoutMilliseconds, SessionEnd.Autologout);
        }

        Action? after = _context.AfterAnswer;
        _context.AfterAnswer = null;
        after?.Invoke();
    }

    private void CountBadCommands(CommandResult result)
    {
        if (result.Kind != ResultKind.Bad)
        {
            _context.State.BadCommands = 0;
            return;
        }

        _context.State.BadCommands++;
        if (IsStranger && _context.State.BadCommands >= SessionLimits.BadCommandsBeforeLogin)
        {
            throw new SessionOverException(SessionEnd.TooManyBadCommands, null, "Too many bad commands");
        }
    }

    private void WriteText(string? code, string text)
    {
        if (code is not null)
        {
            _output.Raw("["u8).Raw(code).Raw("] "u8);
        }

        _output.HumanText(text).Crlf();
    }

    private void TrySayBye(string? code, string text)
    {
        try
        {
            _output.Raw("* BYE "u8);
            WriteText(code, text);
            _output.Flush();
        }
        catch (ClientGoneException)
        {
            // He left first.
        }
    }
}
