using System.Text;
using System.Text.Unicode;
using Imapd.Protocol.Normalization;
using Imapd.Protocol.Values;

namespace Imapd.Protocol.Wire;

/// <summary>Mailbox names and patterns as clients write them (RFC 9051 §5.1, RFC 3501 §5.1.3).</summary>
internal static class MailboxGrammar
{
    // mailbox = "INBOX" / astring
    /// <summary>Reads a mailbox's name.</summary>
    /// <exception cref="ImapRefusedException">No mailbox can have it.</exception>
    public static MailboxName Read(CommandReader reader, bool utf8) => Read(reader, utf8, out _);

    /// <summary>Reads a mailbox's name.</summary>
    /// <param name="reader">Where it stands.</param>
    /// <param name="utf8">Whether it is in UTF-8.</param>
    /// <param name="supplied">
    /// The name as the client wrote it, decoded, when that is not its canonical form; else null. A delimiter at its end is
    /// not part of it (RFC 9051 §6.3.4).
    /// </param>
    /// <exception cref="ImapRefusedException">No mailbox can have it.</exception>
    public static MailboxName Read(CommandReader reader, bool utf8, out string? supplied)
    {
        int start = reader.Position;
        ReadOnlySpan<byte> octets = reader.ReadAString().Span;
        if (!TryDecode(octets, start, utf8, out string text))
        {
            throw new ImapRefusedException("CANNOT", "The mailbox name is not modified UTF-7");
        }

        if (!MailboxName.TryCreate(text, out MailboxName? name, out string? problem))
        {
            throw new ImapRefusedException("CANNOT", problem!);
        }

        supplied = text.EndsWith(MailboxName.Delimiter) ? text[..^1] : text;
        supplied = supplied == name!.Value ? null : supplied;
        return name;
    }

    /// <summary>Reads a pattern, decoded; one that is not modified UTF-7 stays as it is, and matches nothing.</summary>
    public static string ReadPattern(CommandReader reader, bool utf8)
    {
        int start = reader.Position;
        return DecodePattern(reader.ReadListMailbox().Span, start, utf8);
    }

    /// <summary>Reads the reference of a LIST, decoded; it may be empty and need not be a name.</summary>
    public static string ReadReference(CommandReader reader, bool utf8)
    {
        int start = reader.Position;
        return DecodePattern(reader.ReadAString().Span, start, utf8);
    }

    private static string DecodePattern(ReadOnlySpan<byte> octets, int start, bool utf8) =>
        TryDecode(octets, start, utf8, out string text) ? Nfc.Compose(text) : Encoding.ASCII.GetString(octets);

    private static bool TryDecode(ReadOnlySpan<byte> octets, int start, bool utf8, out string text)
    {
        if (!utf8 && Ascii.IsValid(octets))
        {
            return MailboxNameEncoding.TryFromModifiedUtf7(Encoding.ASCII.GetString(octets), out text);
        }

        if (!Utf8.IsValid(octets))
        {
            throw CommandReader.ExpectedAt("valid UTF-8 in the mailbox name", start);
        }

        text = Encoding.UTF8.GetString(octets);
        return true;
    }
}
