using System.Text;

namespace Imapd.Protocol.Mime;

/// <summary>A media type with its parameters (RFC 2045 §5.1).</summary>
/// <param name="Type">As sent, one character per octet.</param>
/// <param name="Subtype">As sent, one character per octet.</param>
/// <param name="Parameters">In the order sent; continuations are joined (RFC 2231 §3).</param>
public sealed record ContentType(string Type, string Subtype, IReadOnlyList<MimeParameter> Parameters)
{
    private static readonly MimeParameter UsAscii = new("CHARSET", "US-ASCII"u8.ToArray());

    /// <summary>What a part without a type is (RFC 2045 §5.2).</summary>
    public static ContentType TextPlain { get; } = new("TEXT", "PLAIN", [UsAscii]);

    /// <summary>What a part of a multipart/digest without a type is (RFC 2046 §5.1.5).</summary>
    public static ContentType MessageRfc822 { get; } = new("MESSAGE", "RFC822", []);

    /// <summary>What a part is called that is not divided because of a limit.</summary>
    public static ContentType Undivided { get; } = new("APPLICATION", "OCTET-STREAM", []);

    /// <summary>Whether the type is text.</summary>
    public bool IsText => Type.Equals("text", StringComparison.OrdinalIgnoreCase);

    /// <summary>The charset named, or null when none is.</summary>
    public string? Charset => Find("charset") is { } value ? Encoding.Latin1.GetString(value.Span) : null;

    /// <summary>The boundary of a multipart (RFC 2046 §5.1.1), or null when there is none.</summary>
    public ReadOnlyMemory<byte>? Boundary => Find("boundary");

    /// <summary>Whether this is <c>type/subtype</c>, without regard to case.</summary>
    public bool Is(string type, string subtype) =>
        Type.Equals(type, StringComparison.OrdinalIgnoreCase)
        && Subtype.Equals(subtype, StringComparison.OrdinalIgnoreCase);

    /// <summary>The value of the first parameter of this name, or null.</summary>
    /// <param name="name">Compared without regard to case.</param>
    public ReadOnlyMemory<byte>? Find(string name)
    {
        foreach (MimeParameter parameter in Parameters)
        {
            if (parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return parameter.Value;
            }
        }

        return null;
    }

    /// <summary>Reads a Content-Type field's value; null when it names no type, so that a default applies.</summary>
    /// <param name="value">The value, folded or not.</param>
    public static ContentType? Parse(ReadOnlySpan<byte> value)
    {
        var lexer = new HeaderLexer(HeaderFields.Unfold(value));
        lexer.SkipCfws();
        string type = MimeParameters.ReadToken(ref lexer);
        lexer.SkipCfws();
        string subtype = "";
        if (lexer.TryTake((byte)'/'))
        {
            lexer.SkipCfws();
            subtype = MimeParameters.ReadToken(ref lexer);
        }
        else if (type.Equals("text", StringComparison.OrdinalIgnoreCase))
        {
            // RFC 1049 mail: the type alone.
            subtype = "plain";
        }

        if (type.Length == 0 || subtype.Length == 0)
        {
            return null;
        }

        IReadOnlyList<MimeParameter> parameters = MimeParameters.Read(ref lexer);
        var parsed = new ContentType(type, subtype, parameters);
        return parsed.IsText && parsed.Find("charset") is null
            ? parsed with { Parameters = [.. parameters, UsAscii] }
            : parsed;
    }
}
