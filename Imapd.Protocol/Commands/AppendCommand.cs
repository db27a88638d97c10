using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Commands;

/// <summary>APPEND (RFC 9051 §6.3.12). The message itself is never part of the command: the session streams it.</summary>
/// <param name="Name">Where to.</param>
/// <param name="Flags">What is set on it.</param>
/// <param name="InternalDate">Its internal date; null for now.</param>
/// <param name="Octets">How many octets were announced.</param>
/// <param name="IsBinary">Whether it was announced as a literal8, which may hold NUL (RFC 3516 §4.4).</param>
public sealed record AppendCommand(
    MailboxName Name,
    FlagSet Flags,
    DateTimeOffset? InternalDate,
    long Octets,
    bool IsBinary) : Command
{
    /// <summary>The name as the client wrote it, when that is not its canonical form; else null (RFC 9051 §6.3.9.7).</summary>
    public string? SuppliedName { get; init; }
}

/// <summary>How APPEND is written.</summary>
internal static class AppendGrammar
{
    // append      = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP append-data
    // append-data = literal / literal8 / append-data-ext
    // append-data =/ "UTF8" SP "(" literal8 ")"
    public static AppendCommand ReadAppend(CommandReader reader, ParserOptions options)
    {
        AppendCommand append = ReadBeforeMessage(reader, options, out bool isParenthesised);
        int start = reader.Position;
        LiteralHeader literal = reader.ReadLiteralHeader("a literal with the message");
        if (isParenthesised)
        {
            reader.Read((byte)')');
        }

        return WithMessage(append, literal, start);
    }

    /// <summary>Reads up to where the message's literal begins.</summary>
    /// <param name="reader">Behind the command's name.</param>
    /// <param name="options">What the meaning depends on.</param>
    /// <param name="isParenthesised">Whether a parenthesis must follow the literal (RFC 6855 §4).</param>
    public static AppendCommand ReadBeforeMessage(CommandReader reader, ParserOptions options, out bool isParenthesised)
    {
        reader.ReadSp();
        MailboxName name = MailboxGrammar.Read(reader, options.Utf8, out string? supplied);
        reader.ReadSp();
        FlagSet flags = FlagSet.Empty;
        if (reader.Peek() == '(')
        {
            flags = FlagGrammar.ReadList(reader);
            reader.ReadSp();
        }

        DateTimeOffset? date = null;
        if (reader.Peek() == '"')
        {
            date = ReadDateTime(reader);
            reader.ReadSp();
        }

        isParenthesised = reader.TryReadWord("UTF8"u8);
        if (isParenthesised)
        {
            reader.ReadSp();
            reader.Read((byte)'(');
        }

        return new AppendCommand(name, flags, date, 0, IsBinary: false) { SuppliedName = supplied };
    }

    /// <summary>Adds what was announced.</summary>
    /// <param name="append">What stood before.</param>
    /// <param name="literal">The announcement.</param>
    /// <param name="position">Where it stands, from 0.</param>
    public static AppendCommand WithMessage(AppendCommand append, LiteralHeader literal, int position) =>
        literal.Octets <= long.MaxValue
            ? append with { Octets = (long)literal.Octets, IsBinary = literal.IsBinary }
            : throw CommandReader.ExpectedAt("a literal of at most 9223372036854775807 octets", position);

    // date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
    private static DateTimeOffset ReadDateTime(CommandReader reader)
    {
        int start = reader.Position;
        return ImapDate.TryParseDateTime(reader.ReadQuoted().Span, out DateTimeOffset date)
            ? date
            : throw CommandReader.ExpectedAt("a date and time like \" 1-Feb-2026 03:04:05 +0000\"", start);
    }
}
