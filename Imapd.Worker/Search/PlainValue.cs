using System.Text;
using Imapd.Protocol.Mime;

namespace Imapd.Worker.Search;

/// <summary>Header values in which nothing has to be decoded: ASCII without encoded words, as most are.</summary>
internal static class PlainValue
{
    /// <summary>Unfolds a value.</summary>
    /// <param name="value">What stands behind the colon.</param>
    /// <param name="plain">What <see cref="HeaderText.Decode"/> would make of it, in octets.</param>
    /// <returns>False when there is something to decode.</returns>
    public static bool TryUnfold(ReadOnlySpan<byte> value, out ReadOnlySpan<byte> plain)
    {
        value = value.Trim(" \t\r\n"u8);
        plain = value.ContainsAny((byte)'\r', (byte)'\n', (byte)0) ? HeaderFields.Unfold(value) : value;
        return Ascii.IsValid(plain) && plain.IndexOf("=?"u8) < 0;
    }
}
