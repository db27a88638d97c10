using System.Text;
using Imapd.Protocol.Mime;
using Imapd.Protocol.Normalization;
using Imapd.Storage.Maildir.Cache;

namespace Imapd.Worker.Search;

/// <summary>Looks for a string in the fields of one name, in one header after another (RFC 9051 §6.4.4, HEADER).</summary>
internal sealed class HeaderSearch
{
    private readonly string _name;
    private readonly byte[]? _asciiName;
    private readonly Needle _needle;
    private byte[] _capitals = new byte[256];

    /// <summary>Prepares.</summary>
    /// <param name="name">The field's name; cases are one (RFC 5322 §2.2).</param>
    /// <param name="text">What is looked for; every field of the name has the empty string in it.</param>
    public HeaderSearch(string name, string text)
    {
        _name = name;
        _asciiName = Ascii.IsValid(name) ? Encoding.ASCII.GetBytes(name) : null;
        _needle = new Needle(Casemap.Fold(text), TextScope.Headers);
        IsCommon = CommonFields.Contains(name);
    }

    /// <summary>Whether what is remembered of headers has the field.</summary>
    public bool IsCommon { get; }

    /// <summary>Whether it is in one of the fields.</summary>
    /// <param name="header">The header in wire form, or what is remembered of it.</param>
    public bool IsIn(ReadOnlySpan<byte> header)
    {
        var fields = new HeaderFieldReader(header);
        while (fields.MoveNext())
        {
            if (fields.IsField && Is(fields.Name) && (_needle.Folded.Length == 0 || IsInValue(fields.Value)))
            {
                return true;
            }
        }

        return false;
    }

    private bool Is(ReadOnlySpan<byte> found) => _asciiName is not null
        ? found.Length == _asciiName.Length && Ascii.EqualsIgnoreCase(found, _asciiName)
        : Encoding.Latin1.GetString(found).Equals(_name, StringComparison.OrdinalIgnoreCase);

    private bool IsInValue(ReadOnlySpan<byte> value)
    {
        if (!PlainValue.TryUnfold(value, out ReadOnlySpan<byte> plain))
        {
            return Casemap.Fold(HeaderText.Decode(value)).Contains(_needle.Folded, StringComparison.Ordinal);
        }

        if (_needle.Octets is null || plain.Length < _needle.Octets.Length)
        {
            return false;
        }

        if (_capitals.Length < plain.Length)
        {
            _capitals = new byte[plain.Length * 2];
        }

        Ascii.ToUpper(plain, _capitals, out int length);
        return _capitals.AsSpan(0, length).IndexOf(_needle.Octets) >= 0;
    }
}
