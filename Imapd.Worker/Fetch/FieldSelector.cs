using System.Buffers;
using System.Text;
using Imapd.Protocol.Fetch;
using Imapd.Protocol.Mime;
using Imapd.Storage.Maildir.Cache;

namespace Imapd.Worker.Fetch;

/// <summary>Picks the fields that a HEADER.FIELDS names out of one header after another.</summary>
internal sealed class FieldSelector
{
    private readonly Section _section;
    private readonly byte[][]? _names;
    private readonly ArrayBufferWriter<byte> _selected = new();

    /// <summary>Prepares for a section that names fields.</summary>
    public FieldSelector(Section section)
    {
        _section = section;
        IsCommon = section.Text == SectionText.HeaderFields
            && section.Part.Count == 0
            && section.Fields.All(CommonFields.Contains);

        // Other names than those of ASCII are left to the one place that knows how they compare.
        bool isPlain = section.Text == SectionText.HeaderFields && section.Fields.All(static name => Ascii.IsValid(name));
        _names = isPlain ? [.. section.Fields.Select(Encoding.ASCII.GetBytes)] : null;
    }

    /// <summary>Whether the fields can all be had from what is remembered of headers.</summary>
    public bool IsCommon { get; }

    /// <summary>Picks the fields, whole and in their order, and the blank line if there is one (RFC 9051 §6.4.5.1).</summary>
    /// <param name="header">The header, or what is remembered of it.</param>
    /// <returns>Good until the next call.</returns>
    public ReadOnlyMemory<byte> Select(ReadOnlyMemory<byte> header)
    {
        if (_names is null)
        {
            return HeaderFields.Select(header, _section.Fields, _section.Text == SectionText.HeaderFieldsNot);
        }

        _selected.ResetWrittenCount();
        var fields = new HeaderFieldReader(header.Span);
        while (fields.MoveNext())
        {
            if (fields.IsField && IsNamed(fields.Name))
            {
                _selected.Write(fields.Whole);
                if (fields.Whole[^1] != (byte)'\n')
                {
                    _selected.Write("\r\n"u8);
                }
            }
        }

        if (fields.IsAtBlankLine)
        {
            _selected.Write("\r\n"u8);
        }

        return _selected.WrittenMemory;
    }

    private bool IsNamed(ReadOnlySpan<byte> found)
    {
        foreach (byte[] name in _names!)
        {
            if (name.Length == found.Length && Ascii.EqualsIgnoreCase(name, found))
            {
                return true;
            }
        }

        return false;
    }
}
