using System.Text;
using Imapd.Protocol.Commands;
using Imapd.Protocol.Wire;

namespace Imapd.Worker.Session;

/// <summary>
/// Writes a session's commands into its protocol log, without passwords. Hidden is what follows LOGIN and AUTHENTICATE, and
/// everything that is no command by its name: it may be a password that was sent at the wrong moment. A tagged BAD may quote
/// what was sent, so it is hidden with it.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="assembler">Has the commands.</param>
/// <param name="output">Flushed before each entry, so that the log is in the order of what was said.</param>
internal sealed class CommandRecord(RawLog log, CommandAssembler assembler, ResponseWriter output)
{
    private bool _isBegun;
    private bool _isVisible;
    private bool _hidesNext;
    private int _kept;

    private static ReadOnlySpan<byte> Hidden => "<hidden>\r\n"u8;

    /// <summary>A literal was announced, and nothing is decided about it yet.</summary>
    public void Announced()
    {
        Begin(assembler.Partial);
        if (!_isVisible)
        {
            log.Client(Hidden);
            return;
        }

        LiteralHeader literal = assembler.Literal;
        log.Client(New(assembler.Partial));
        log.Client(Encoding.ASCII.GetBytes($"{(literal.IsBinary ? "~" : "")}{{{literal.Octets}{(literal.IsSynchronizing ? "" : "+")}}}\r\n"));
        _kept = assembler.Partial.Length;
    }

    /// <summary>The command is whole.</summary>
    public void Complete()
    {
        ReadOnlySpan<byte> command = assembler.Command.Span;
        Begin(command);
        _hidesNext = false;
        if (_isVisible)
        {
            log.Client(New(command));
            log.Client("\r\n"u8);
        }
        else
        {
            log.Client(Hidden);
        }

        _isBegun = false;
    }

    /// <summary>The command ended without being taken: its literal was refused, or it was read away.</summary>
    public void Refused()
    {
        Begin(assembler.Partial);
        log.Client(_isVisible ? "<not taken>\r\n"u8 : Hidden);

        // A client that does not wait for the answer has its password on the way, and it comes as a command.
        _hidesNext = !_isVisible;
        _isBegun = false;
    }

    /// <summary>The command's answer is written next.</summary>
    public void BeforeAnswer(bool isBad)
    {
        if (isBad && !_isVisible)
        {
            output.Flush();
            log.IsServerHidden = true;
        }
    }

    /// <summary>It is written.</summary>
    public void AfterAnswer()
    {
        if (log.IsServerHidden)
        {
            output.Flush();
            log.IsServerHidden = false;
            log.Server("BAD <hidden>\r\n"u8);
        }
    }

    /// <summary>Writes a line that is no command into the log of a connection, if it has one.</summary>
    /// <param name="log">The log.</param>
    /// <param name="line">The line; null when it was too long.</param>
    public static void Line(RawLog? log, ReadOnlySpan<byte> line) => log?.Client(
        Ascii.EqualsIgnoreCase(line, "DONE"u8) ? "DONE\r\n"u8 : line is [(byte)'*'] ? "*\r\n"u8 : "<hidden>\r\n"u8);

    private void Begin(ReadOnlySpan<byte> command)
    {
        output.Flush();
        if (_isBegun)
        {
            return;
        }

        _isBegun = true;
        _kept = 0;
        string? name = _hidesNext ? null : CommandParser.NameOf(command);
        bool isLogin = name is "LOGIN" or "AUTHENTICATE";
        _isVisible = name is not null && !isLogin && CommandParser.IsCommand(name);
        if (isLogin)
        {
            log.Client(Encoding.ASCII.GetBytes($"{assembler.Tag} {name} "));
        }
    }

    // What of a command is not in the log yet. Behind what is there stands the header of a literal, and its CRLF.
    private ReadOnlySpan<byte> New(ReadOnlySpan<byte> command)
    {
        ReadOnlySpan<byte> rest = command[_kept..];
        return _kept == 0 ? rest : rest[(rest.IndexOf("\r\n"u8) + 2)..];
    }
}
