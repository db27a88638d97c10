using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Imapd.Protocol.Wire;

/// <summary>
/// Reads the terminals of the grammar from one whole command (RFC 9051 §9). <c>Try…</c> leaves the position alone when
/// it returns false, <c>Read…</c> throws <see cref="ImapSyntaxException"/>.
/// </summary>
/// <param name="command">As <see cref="CommandAssembler.Command"/> has it.</param>
/// <param name="maxDepth">How deep it may be nested.</param>
internal sealed class CommandReader(ReadOnlyMemory<byte> command, int maxDepth)
{
    private int _depth;

    /// <summary>How many octets have been read.</summary>
    public int Position { get; private set; }

    /// <summary>Whether nothing is left.</summary>
    public bool IsAtEnd => Position == command.Length;

    private ReadOnlySpan<byte> Rest => command.Span[Position..];

    /// <summary>What a caller throws when the grammar wants something else here; it holds none of the client's octets.</summary>
    /// <param name="expected">What is wanted, as in "expected … at octet 7".</param>
    public ImapSyntaxException Expected(string expected) => ExpectedAt(expected, Position);

    /// <summary>The same for a place that has been passed.</summary>
    /// <param name="expected">What is wanted there.</param>
    /// <param name="position">Where, from 0.</param>
    public static ImapSyntaxException ExpectedAt(string expected, int position) =>
        new($"Expected {expected} at octet {position + 1}");

    /// <summary>The next octet, or 0 at the end.</summary>
    public byte Peek() => IsAtEnd ? (byte)0 : Rest[0];

    /// <summary>Takes the octet if it comes next.</summary>
    public bool TryRead(byte octet)
    {
        bool isNext = !IsAtEnd && Rest[0] == octet;
        Position += isNext ? 1 : 0;
        return isNext;
    }

    /// <summary>Takes the octet, which must come next.</summary>
    public void Read(byte octet)
    {
        if (!TryRead(octet))
        {
            throw Expected(octet switch
            {
                (byte)' ' => "a space",
                (byte)'"' => "a quote",
                _ => $"\"{(char)octet}\"",
            });
        }
    }

    /// <summary>Takes a space.</summary>
    public void ReadSp() => Read((byte)' ');

    /// <summary>Checks that the command ends here.</summary>
    public void ReadEnd()
    {
        if (!IsAtEnd)
        {
            throw Expected("the end of the command");
        }
    }

    /// <summary>Takes a word of the grammar, in any case, if it comes next and ends there.</summary>
    /// <param name="word">In capitals.</param>
    public bool TryReadWord(ReadOnlySpan<byte> word)
    {
        ReadOnlySpan<byte> rest = Rest;
        bool isNext = rest.Length >= word.Length
            && Ascii.EqualsIgnoreCase(rest[..word.Length], word)
            && (rest.Length == word.Length || !OctetClasses.Atom.Contains(rest[word.Length]));
        Position += isNext ? word.Length : 0;
        return isNext;
    }

    // atom = 1*ATOM-CHAR
    /// <summary>Reads an <c>atom</c> as sent.</summary>
    /// <param name="expected">What it is, for the client, when there is none.</param>
    public string ReadAtom(string expected) => Encoding.ASCII.GetString(ReadRun(OctetClasses.Atom, expected));

    /// <summary>Reads an <c>atom</c> that is compared without regard to case, in capitals.</summary>
    /// <param name="expected">What it is, for the client, when there is none.</param>
    public string ReadKeyword(string expected) => ReadAtom(expected).ToUpperInvariant();

    /// <summary>Reads at least one octet of a class.</summary>
    public ReadOnlySpan<byte> ReadRun(SearchValues<byte> octets, string expected)
    {
        ReadOnlySpan<byte> rest = Rest;
        int end = rest.IndexOfAnyExcept(octets);
        int length = end < 0 ? rest.Length : end;
        if (length == 0)
        {
            throw Expected(expected);
        }

        Position += length;
        return rest[..length];
    }

    // astring = 1*ASTRING-CHAR / string
    /// <summary>Reads an <c>astring</c>'s octets.</summary>
    public ReadOnlyMemory<byte> ReadAString() => ReadRunOrString(OctetClasses.AString, "an atom or a string");

    // list-mailbox = 1*list-char / string
    /// <summary>Reads a <c>list-mailbox</c>'s octets.</summary>
    public ReadOnlyMemory<byte> ReadListMailbox() => ReadRunOrString(OctetClasses.ListMailbox, "a mailbox pattern");

    // string = quoted / literal
    /// <summary>Reads a <c>string</c>'s octets; none of them is NUL.</summary>
    public ReadOnlyMemory<byte> ReadString() => Peek() switch
    {
        (byte)'"' => ReadQuoted(),
        (byte)'{' => ReadLiteral(),
        _ => throw Expected("a string"),
    };

    // nstring = string / nil
    /// <summary>Reads a <c>string</c>'s octets, or null for NIL.</summary>
    public ReadOnlyMemory<byte>? ReadNString() =>
        TryReadWord("NIL"u8) ? (ReadOnlyMemory<byte>?)null : ReadString();

    // quoted      = DQUOTE *QUOTED-CHAR DQUOTE
    // QUOTED-CHAR = <any TEXT-CHAR except quoted-specials> / "\" quoted-specials / UTF8-2 / UTF8-3 / UTF8-4
    /// <summary>Reads a quoted string's octets, which are valid UTF-8 without NUL, CR or LF.</summary>
    public ReadOnlyMemory<byte> ReadQuoted()
    {
        int start = Position;
        Read((byte)'"');
        ReadOnlySpan<byte> rest = Rest;
        int length = 0;
        int escapes = 0;
        while (length < rest.Length && rest[length] != '"')
        {
            if (rest[length] is 0 or (byte)'\r' or (byte)'\n')
            {
                throw ExpectedAt("a character that a quoted string may hold", Position + length);
            }

            if (rest[length] == '\\')
            {
                length++;
                escapes++;
                if (length == rest.Length || rest[length] is not ((byte)'"' or (byte)'\\'))
                {
                    throw ExpectedAt("a quote or a backslash", Position + length);
                }
            }

            length++;
        }

        if (length == rest.Length)
        {
            throw ExpectedAt("the quote that ends the string", Position + length);
        }

        ReadOnlyMemory<byte> content = command.Slice(Position, length);
        if (!Utf8.IsValid(content.Span))
        {
            throw ExpectedAt("valid UTF-8 in the quoted string", start);
        }

        Position += length + 1;
        return escapes == 0 ? content : Unescape(content.Span, escapes);
    }

    /// <summary>Reads a literal's header with its CRLF; the octets are the caller's.</summary>
    /// <param name="expected">What the literal is, for the client, when there is none.</param>
    public LiteralHeader ReadLiteralHeader(string expected)
    {
        ReadOnlySpan<byte> rest = Rest;
        int end = rest.IndexOf("}\r\n"u8);
        if (end < 0 || end >= LiteralHeader.MaxOctets
            || !LiteralHeader.TryReadEnd(rest[..(end + 1)], out LiteralHeader header, out int length)
            || length != end + 1)
        {
            throw Expected(expected);
        }

        Position += length + 2;
        return header;
    }

    // number = 1*DIGIT           ; 0 <= n < 4,294,967,296
    /// <summary>Reads a <c>number</c>.</summary>
    public uint ReadNumber() => (uint)ReadDigits(uint.MaxValue, "a number from 0 to 4294967295");

    // nz-number = digit-nz *DIGIT
    /// <summary>Reads an <c>nz-number</c>.</summary>
    public uint ReadNzNumber() => (uint)NotZero(uint.MaxValue, "a number from 1 to 4294967295");

    // number64 = 1*DIGIT         ; 0 <= n <= 9,223,372,036,854,775,807
    /// <summary>Reads a <c>number64</c>.</summary>
    public long ReadNumber64() => (long)ReadDigits(long.MaxValue, "a number from 0 to 9223372036854775807");

    // nz-number64 = digit-nz *DIGIT
    /// <summary>Reads an <c>nz-number64</c>.</summary>
    public long ReadNzNumber64() => (long)NotZero(long.MaxValue, "a number from 1 to 9223372036854775807");

    /// <summary>Goes one level deeper; every call has its <see cref="Leave"/>, unless an exception ends the reading.</summary>
    public void Enter()
    {
        if (++_depth > maxDepth)
        {
            throw new ImapSyntaxException($"Expected no more than {maxDepth} levels of nesting at octet {Position + 1}");
        }
    }

    /// <summary>Comes back one level.</summary>
    public void Leave() => _depth--;

    /// <summary>Reads items between parentheses, separated by single spaces.</summary>
    /// <param name="mayBeEmpty">Whether "()" is one.</param>
    /// <param name="readItem">Reads one item.</param>
    public void ReadList(bool mayBeEmpty, Action readItem)
    {
        Read((byte)'(');
        if (mayBeEmpty && TryRead((byte)')'))
        {
            return;
        }

        do
        {
            readItem();
        }
        while (TryRead((byte)' '));
        Read((byte)')');
    }

    private ReadOnlyMemory<byte> ReadRunOrString(SearchValues<byte> octets, string expected)
    {
        if (Peek() is (byte)'"' or (byte)'{')
        {
            return ReadString();
        }

        int start = Position;
        ReadRun(octets, expected);
        return command[start..Position];
    }

    // literal = "{" number64 ["+"] "}" CRLF *CHAR8
    private ReadOnlyMemory<byte> ReadLiteral()
    {
        int start = Position;
        LiteralHeader header = ReadLiteralHeader("a literal");
        if (header.Octets > (ulong)Rest.Length)
        {
            throw ExpectedAt("a literal that is whole", start);
        }

        ReadOnlyMemory<byte> content = command.Slice(Position, (int)header.Octets);
        int nul = content.Span.IndexOf((byte)0);
        if (nul >= 0)
        {
            throw ExpectedAt("no NUL in the literal", Position + nul);
        }

        Position += content.Length;
        return content;
    }

    private static byte[] Unescape(ReadOnlySpan<byte> content, int escapes)
    {
        byte[] plain = new byte[content.Length - escapes];
        int length = 0;
        for (int i = 0; i < content.Length; i++)
        {
            if (content[i] == '\\')
            {
                i++;
            }

            plain[length++] = content[i];
        }

        return plain;
    }

    private ulong NotZero(ulong largest, string expected)
    {
        int start = Position;
        ulong value = Peek() == '0' ? 0 : ReadDigits(largest, expected);
        return value != 0 ? value : throw ExpectedAt(expected, start);
    }

    private ulong ReadDigits(ulong largest, string expected)
    {
        int start = Position;
        UInt128 value = 0;
        while (!IsAtEnd && char.IsAsciiDigit((char)Rest[0]))
        {
            value = (value * 10) + (uint)(Rest[0] - '0');
            if (value > largest)
            {
                throw ExpectedAt(expected, start);
            }

            Position++;
        }

        return Position > start ? (ulong)value : throw Expected(expected);
    }
}
