using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Imapd.Tests.Responses;

/// <summary>Reads the terminals of the grammar of responses, strictly (RFC 9051 §9).</summary>
/// <param name="octets">A whole response with its CRLF.</param>
/// <param name="utf8">Whether UTF-8 may stand in quoted strings and texts: after ENABLE.</param>
internal sealed class ResponseReader(ReadOnlyMemory<byte> octets, bool utf8)
{
    private const string AtomSpecials = "(){ %*\"\\]";

    /// <summary>UTF-8 may stand in quoted strings and texts.</summary>
    public bool IsUtf8 => utf8;

    public int Position { get; private set; }

    public bool IsAtEnd => Position == octets.Length;

    public char Peek => IsAtEnd ? '\0' : (char)octets.Span[Position];

    private ReadOnlySpan<byte> Rest => octets.Span[Position..];

    public ResponseFormatException Expected(string what)
    {
        string text = Encoding.Latin1.GetString(octets.Span);
        int from = Math.Max(0, Position - 200);
        string shown = text[from..Math.Min(text.Length, Position + 200)].Insert(Position - from, "→");
        return new ResponseFormatException($"expected {what} at octet {Position} of: {shown.Replace("\r\n", "⏎", StringComparison.Ordinal)}");
    }

    /// <summary>Takes a word of the grammar, in any case.</summary>
    public bool TryRead(string text)
    {
        bool isNext = Rest.Length >= text.Length
            && Encoding.Latin1.GetString(Rest[..text.Length]).Equals(text, StringComparison.OrdinalIgnoreCase);
        Position += isNext ? text.Length : 0;
        return isNext;
    }

    public void Read(string text)
    {
        if (!TryRead(text))
        {
            throw Expected($"\"{text}\"");
        }
    }

    public void Sp() => Read(" ");

    public void End()
    {
        Read("\r\n");
        if (!IsAtEnd)
        {
            throw Expected("the end");
        }
    }

    public string Run(Func<char, bool> isPart, string what)
    {
        int start = Position;
        while (!IsAtEnd && isPart(Peek))
        {
            Position++;
        }

        return Position > start ? Encoding.Latin1.GetString(octets.Span[start..Position]) : throw Expected(what);
    }

    // ATOM-CHAR = <any CHAR except atom-specials>
    public static bool IsAtomChar(char c) => c is > ' ' and < '\x7F' && !AtomSpecials.Contains(c, StringComparison.Ordinal);

    public string Atom() => Run(IsAtomChar, "an atom");

    // tag = 1*<any ASTRING-CHAR except "+">
    public string Tag() => Run(static c => (IsAtomChar(c) || c == ']') && c != '+', "a tag");

    public ResponseValue AtomValue() => ResponseValue.Of(ValueKind.Atom, Atom());

    // number = 1*DIGIT
    public ResponseValue Number() => Digits(uint.MaxValue, 0);

    public ResponseValue NzNumber() => Digits(uint.MaxValue, 1);

    public ResponseValue Number64() => Digits(long.MaxValue, 0);

    // sequence-set without "*", which no server says
    public ResponseValue NumberSet()
    {
        int start = Position;
        do
        {
            uint first = NzNumber().Number;
            if (TryRead(":") && NzNumber().Number == first)
            {
                throw Expected("another end of the range");
            }
        }
        while (TryRead(","));
        return ResponseValue.Of(ValueKind.Atom, Encoding.Latin1.GetString(octets.Span[start..Position]));
    }

    // flag = "\" atom / atom
    public ResponseValue Flag(bool mayBeStar = false)
    {
        string backslash = TryRead("\\") ? "\\" : "";
        return ResponseValue.Of(
            ValueKind.Atom, backslash.Length > 0 && mayBeStar && TryRead("*") ? "\\*" : backslash + Atom());
    }

    /// <summary>Items between parentheses, single spaces between them.</summary>
    public ResponseValue List(Func<ResponseValue> item, bool mayBeEmpty)
    {
        Read("(");
        var items = new List<ResponseValue>();
        if (mayBeEmpty && TryRead(")"))
        {
            return ResponseValue.List(items);
        }

        do
        {
            items.Add(item());
        }
        while (TryRead(" "));
        Read(")");
        return ResponseValue.List(items);
    }

    // astring = 1*ASTRING-CHAR / string
    public ResponseValue AString() => Peek is '"' or '{'
        ? String()
        : ResponseValue.Of(ValueKind.String, Run(static c => IsAtomChar(c) || c == ']', "an astring"));

    // nstring = string / nil
    public ResponseValue NString() => TryRead("NIL") ? ResponseValue.Nil : String();

    // string = quoted / literal
    /// <param name="mayBeBinary">Whether a literal8 may stand here (RFC 3516 §4.2).</param>
    public ResponseValue String(bool mayBeBinary = false)
    {
        if (Peek == '"')
        {
            return Quoted();
        }

        bool isBinary = mayBeBinary && TryRead("~");
        Read("{");
        int length = (int)Number().Number;
        Read("}\r\n");
        if (length > Rest.Length)
        {
            throw Expected($"{length} octets of a literal");
        }

        ReadOnlySpan<byte> content = Rest[..length];
        if (!isBinary && content.Contains((byte)0))
        {
            throw Expected("no NUL in the literal");
        }

        Position += length;
        return ResponseValue.Of(ValueKind.String, Encoding.Latin1.GetString(content));
    }

    // quoted = DQUOTE *QUOTED-CHAR DQUOTE
    public ResponseValue Quoted()
    {
        Read("\"");
        int start = Position;
        var text = new StringBuilder();
        while (Peek != '"')
        {
            if (TryRead("\\") && Peek is not ('"' or '\\'))
            {
                throw Expected("a quoted special");
            }

            text.Append(TextChar());
        }

        CheckUtf8(start);
        Read("\"");
        return ResponseValue.Of(ValueKind.String, text.ToString());
    }

    // text = 1*TEXT-CHAR
    public string Text()
    {
        int start = Position;
        var text = new StringBuilder();
        do
        {
            text.Append(TextChar());
        }
        while (Peek != '\r');
        CheckUtf8(start);
        return text.ToString();
    }

    private char TextChar()
    {
        char c = Peek;
        if (IsAtEnd || c is '\0' or '\r' or '\n' || (!utf8 && c > '\x7F'))
        {
            throw Expected("a text character");
        }

        Position++;
        return c;
    }

    private void CheckUtf8(int start)
    {
        if (!Utf8.IsValid(octets.Span[start..Position]))
        {
            throw Expected("valid UTF-8");
        }
    }

    private ResponseValue Digits(ulong largest, ulong smallest)
    {
        int start = Position;
        string digits = Run(char.IsAsciiDigit, "a number");
        if (!ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            || value > largest || value < smallest || (digits.Length > 1 && digits[0] == '0'))
        {
            Position = start;
            throw Expected($"a number from {smallest} to {largest}");
        }

        return ResponseValue.Of(ValueKind.Number, digits);
    }
}
