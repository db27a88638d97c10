using System.Buffers.Text;
using System.Text;
using Imapd.Protocol.Values;

namespace Imapd.Protocol.Wire;

/// <summary>
/// Writes responses: collects small pieces in one buffer and hands them on together, so that a response is one
/// packet. What it writes is the grammar (RFC 9051 §9), strictly. Not for several threads at once.
/// </summary>
/// <param name="sink">Takes the octets when the buffer is full and on <see cref="Flush"/>.</param>
public sealed class ResponseWriter(IOctetSink sink)
{
    private const int BufferOctets = 16 * 1024;

    // Some clients read a line into a fixed buffer; a literal announces its length.
    private const int MaxQuotedOctets = 1024;

    private readonly byte[] _buffer = new byte[BufferOctets];
    private int _used;

    /// <summary>
    /// Whether UTF-8 may stand in quoted strings, mailbox names and texts: after ENABLE IMAP4rev2 or UTF8=ACCEPT
    /// (RFC 9051 §4.3, §5.1; RFC 6855 §3).
    /// </summary>
    public bool Utf8 { get; set; }

    /// <summary>Writes octets as they are.</summary>
    /// <exception cref="IOException">The sink cannot take them; so for every method here.</exception>
    public ResponseWriter Raw(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > BufferOctets - _used)
        {
            if (octets.Length >= BufferOctets)
            {
                int used = _used;
                _used = 0;
                sink.Write(_buffer.AsSpan(0, used), octets);
                return this;
            }

            Flush();
        }

        octets.CopyTo(_buffer.AsSpan(_used));
        _used += octets.Length;
        return this;
    }

    /// <summary>Writes ASCII characters as they are; what is not ASCII becomes "?".</summary>
    public ResponseWriter Raw(string ascii)
    {
        if (ascii.Length > BufferOctets - _used)
        {
            return Raw(Encoding.ASCII.GetBytes(ascii));
        }

        _used += Encoding.ASCII.GetBytes(ascii, _buffer.AsSpan(_used));
        return this;
    }

    /// <summary>Writes a number in decimal digits.</summary>
    public ResponseWriter Number(ulong value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int length);
        return Raw(digits[..length]);
    }

    /// <summary>Writes a space.</summary>
    public ResponseWriter Sp() => Octet((byte)' ');

    /// <summary>Writes the end of a line.</summary>
    public ResponseWriter Crlf() => Raw("\r\n"u8);

    // string = quoted / literal
    /// <summary>
    /// Writes a <c>string</c>: quoted where that can be, else a literal; a literal8 when there is a NUL in it, which
    /// no other form can carry (RFC 9051 §4.3, RFC 3516 §4.2).
    /// </summary>
    public ResponseWriter String(ReadOnlySpan<byte> octets) =>
        CanBeQuoted(octets)
            ? Quoted(octets)
            : LiteralHeader(octets.Length, binary: octets.Contains((byte)0)).Raw(octets);

    // nstring = string / nil
    /// <summary>Writes a <c>string</c>, or NIL for null.</summary>
    public ResponseWriter NString(ReadOnlyMemory<byte>? octets) =>
        octets is { } value ? String(value.Span) : Raw("NIL"u8);

    /// <summary>Writes a <c>string</c> of the text's UTF-8.</summary>
    public ResponseWriter Text(string value) => String(Encoding.UTF8.GetBytes(value));

    // astring = 1*ASTRING-CHAR / string
    /// <summary>Writes an <c>astring</c>: bare where nothing could take it for something else.</summary>
    public ResponseWriter AString(ReadOnlySpan<byte> octets)
    {
        bool isAtom = octets.Length is > 0 and <= MaxQuotedOctets
            && !octets.ContainsAnyExcept(OctetClasses.Atom)
            && !Ascii.EqualsIgnoreCase(octets, "NIL"u8);
        return isAtom ? Raw(octets) : String(octets);
    }

    /// <summary>Writes an <c>astring</c> of the text's UTF-8.</summary>
    public ResponseWriter AString(string value) => AString(Encoding.UTF8.GetBytes(value));

    // mailbox = "INBOX" / astring
    /// <summary>Writes a mailbox's name, in modified UTF-7 unless <see cref="Utf8"/> (RFC 9051 §5.1, RFC 3501 §5.1.3).</summary>
    public ResponseWriter Mailbox(MailboxName name) =>
        AString(Utf8 ? name.Value : MailboxNameEncoding.ToModifiedUtf7(name.Value));

    // flag-list = "(" [flag *(SP flag)] ")"
    /// <summary>Writes a parenthesised list of flags.</summary>
    /// <param name="flags">What is set.</param>
    /// <param name="keywords">
    /// The mailbox's keyword table; bits beyond it are passed over, and so are names that are no atoms: other programs
    /// write that table too.
    /// </param>
    /// <param name="recent">Whether <c>\Recent</c> is among them (RFC 3501 §2.3.2).</param>
    public ResponseWriter Flags(MessageFlags flags, IReadOnlyList<string> keywords, bool recent)
    {
        Octet((byte)'(');
        bool first = true;
        for (int i = 0; i < SystemFlagNames.All.Count; i++)
        {
            (SystemFlags flag, string name) = SystemFlagNames.All[i];
            if ((flags.System & flag) != 0)
            {
                ListItem(name, ref first);
            }
        }

        if (recent)
        {
            ListItem("\\Recent", ref first);
        }

        for (int keyword = 0; keyword < Math.Min(keywords.Count, 32); keyword++)
        {
            if ((flags.KeywordBits & (1u << keyword)) != 0 && OctetClasses.IsAtom(keywords[keyword]))
            {
                ListItem(keywords[keyword], ref first);
            }
        }

        return Octet((byte)')');
    }

    // sequence-set = (seq-number / seq-range) ["," sequence-set]
    /// <summary>
    /// Writes numbers as a set in the order given, runs of successors as ranges: the order of COPYUID's two sets is
    /// what pairs them (RFC 9051 §7.1). An empty set has no form; the caller leaves its item out.
    /// </summary>
    /// <param name="numbers">UIDs or message numbers, at least one.</param>
    public ResponseWriter NumberSet(IEnumerable<uint> numbers)
    {
        ulong first = 0;
        ulong last = 0;
        bool any = false;
        foreach (uint number in numbers)
        {
            if (any && number == last + 1)
            {
                last = number;
                continue;
            }

            if (any)
            {
                Range(first, last).Octet((byte)',');
            }

            any = true;
            first = number;
            last = number;
        }

        return any ? Range(first, last) : this;
    }

    /// <summary>Announces a literal; the caller then writes exactly that many octets with <see cref="Raw(ReadOnlySpan{byte})"/>.</summary>
    /// <param name="octets">How many, from 0.</param>
    /// <param name="binary">A literal8: there may be NULs.</param>
    public ResponseWriter LiteralHeader(long octets, bool binary = false) =>
        Raw(binary ? "~{"u8 : "{"u8).Number((ulong)octets).Raw("}\r\n"u8);

    // text = 1*(TEXT-CHAR / UTF8-2 / UTF8-3 / UTF8-4)
    /// <summary>
    /// Writes text for people: never empty, never what could be taken for a line's end, for a response code, or, at its end, for
    /// the announcement of a literal.
    /// </summary>
    /// <param name="text">Anything; controls become spaces, what the client cannot be shown becomes "?".</param>
    public ResponseWriter HumanText(string text)
    {
        if (text.Length == 0)
        {
            return Raw("-"u8);
        }

        if (text[^1] == '}')
        {
            text = string.Concat(text.AsSpan(..^1), ")");
        }

        Span<byte> encoded = stackalloc byte[4];
        bool first = true;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune))
            {
                Sp();
            }
            else if (rune.IsAscii)
            {
                Octet(first && rune.Value == '[' ? (byte)'(' : (byte)rune.Value);
            }
            else if (Utf8)
            {
                Raw(encoded[..rune.EncodeToUtf8(encoded)]);
            }
            else
            {
                Octet((byte)'?');
            }

            first = false;
        }

        return this;
    }

    /// <summary>Hands what is collected to the sink.</summary>
    public void Flush()
    {
        if (_used > 0)
        {
            int octets = _used;
            _used = 0;
            sink.Write(_buffer.AsSpan(0, octets));
        }
    }

    private bool CanBeQuoted(ReadOnlySpan<byte> octets) =>
        octets.Length <= MaxQuotedOctets
        && !octets.ContainsAny((byte)0, (byte)'\r', (byte)'\n')
        && (Ascii.IsValid(octets) || (Utf8 && System.Text.Unicode.Utf8.IsValid(octets)));

    private ResponseWriter Quoted(ReadOnlySpan<byte> octets)
    {
        Octet((byte)'"');
        while (octets.IndexOfAny((byte)'"', (byte)'\\') is int special and >= 0)
        {
            Raw(octets[..special]).Octet((byte)'\\').Octet(octets[special]);
            octets = octets[(special + 1)..];
        }

        return Raw(octets).Octet((byte)'"');
    }

    private void ListItem(string item, ref bool first)
    {
        if (!first)
        {
            Sp();
        }

        first = false;
        Raw(item);
    }

    private ResponseWriter Range(ulong first, ulong last)
    {
        Number(first);
        return first == last ? this : Octet((byte)':').Number(last);
    }

    private ResponseWriter Octet(byte octet)
    {
        if (_used == BufferOctets)
        {
            Flush();
        }

        _buffer[_used++] = octet;
        return this;
    }
}
