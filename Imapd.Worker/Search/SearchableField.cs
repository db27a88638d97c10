using System.Text;
using Imapd.Protocol.Mime;

namespace Imapd.Worker.Search;

/// <summary>A header field as SEARCH sees it; decoding waits until somebody asks for the text.</summary>
internal sealed class SearchableField
{
    private readonly ReadOnlyMemory<byte> _value;
    private string? _text;

    private SearchableField(string name, ReadOnlyMemory<byte> value)
    {
        Name = name;
        _value = value;
    }

    /// <summary>The field's name as it stands in the message.</summary>
    public string Name { get; }

    /// <summary>What comes after the colon, as it stands in the message.</summary>
    public ReadOnlySpan<byte> RawValue => _value.Span;

    /// <summary>What comes after the colon: unfolded, encoded words decoded, cases folded.</summary>
    public string FoldedText => _text ??= Casemap.Fold(HeaderText.Decode(_value.Span));

    /// <summary>The fields of a header in wire form.</summary>
    public static IReadOnlyList<SearchableField> ReadAll(ReadOnlyMemory<byte> header)
    {
        var fields = new List<SearchableField>();
        foreach ((ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value) in HeaderFields.Enumerate(header))
        {
            fields.Add(new SearchableField(Encoding.Latin1.GetString(name.Span), value));
        }

        return fields;
    }

    /// <summary>Whether this is a field of that name (RFC 5322 §2.2: cases are one).</summary>
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
