using System.Globalization;
using System.Text;

namespace Imapd.Tests.Responses;

/// <summary>What a part of a response is.</summary>
internal enum ValueKind
{
    /// <summary>A word, a flag, a date, a section: what stands bare.</summary>
    Atom,

    /// <summary>Digits.</summary>
    Number,

    /// <summary>A quoted string or a literal.</summary>
    String,

    /// <summary>NIL.</summary>
    Nil,

    /// <summary>Something in parentheses.</summary>
    List,
}

/// <summary>A part of a response.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its octets as characters U+0000 to U+00FF; empty for NIL and lists.</param>
/// <param name="Items">What is in a list.</param>
internal sealed record ResponseValue(ValueKind Kind, string Text, IReadOnlyList<ResponseValue> Items)
{
    public static ResponseValue Nil { get; } = new(ValueKind.Nil, "", []);

    public bool IsNil => Kind == ValueKind.Nil;

    public uint Number => uint.Parse(Text, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The octets of a string, as UTF-8.</summary>
    public string Utf8 => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Text));

    public static ResponseValue Of(ValueKind kind, string text) => new(kind, text, []);

    public static ResponseValue List(IReadOnlyList<ResponseValue> items) => new(ValueKind.List, "", items);

    /// <summary>The same for the same content, to be compared.</summary>
    public override string ToString() => Kind switch
    {
        ValueKind.List => $"({string.Join(' ', Items)})",
        ValueKind.Nil => "NIL",
        ValueKind.String => $"\"{Text}\"",
        _ => Text,
    };
}

/// <summary>One response, taken apart (RFC 9051 §7).</summary>
/// <param name="Tag">The command's tag, <c>*</c> or <c>+</c>.</param>
/// <param name="Name">In capitals: OK, FETCH, LIST …; empty for a continuation request.</param>
/// <param name="Number">The number before the name; 0 when there is none.</param>
/// <param name="Values">What follows the name; for FETCH items and values in turn.</param>
/// <param name="Code">The name of the response code; empty when there is none.</param>
/// <param name="CodeValues">What the code says.</param>
/// <param name="Text">The text for people.</param>
internal sealed record Response(
    string Tag, string Name, uint Number, IReadOnlyList<ResponseValue> Values, string Code, IReadOnlyList<ResponseValue> CodeValues, string Text)
{
    public bool IsTagged => Tag is not ("*" or "+");

    public bool IsContinuation => Tag == "+";

    /// <summary>The value of an item of a FETCH response, or of STATUS; null when it is not there.</summary>
    public ResponseValue? this[string item]
    {
        get
        {
            for (int at = 0; at + 1 < Values.Count; at += 2)
            {
                if (Values[at].Text.Equals(item, StringComparison.OrdinalIgnoreCase))
                {
                    return Values[at + 1];
                }
            }

            return null;
        }
    }
}

/// <summary>The server has said what the grammar does not have.</summary>
internal sealed class ResponseFormatException(string message) : Exception(message);
