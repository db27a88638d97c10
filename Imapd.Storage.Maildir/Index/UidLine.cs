using System.Globalization;
using System.Text;

namespace Imapd.Storage.Maildir.Index;

/// <summary>One message in the UID list.</summary>
/// <param name="Uid">Its UID.</param>
/// <param name="Fields">What stands between UID and colon, blanks included, as found: <c>" W2481 "</c>.</param>
/// <param name="Name">The file name last known; the base is what counts.</param>
internal readonly record struct UidLine(uint Uid, string Fields, string Name)
{
    /// <summary>The fields of a line that has none.</summary>
    public const string NoFields = " ";

    /// <summary>The size in wire form (<c>W</c>), or -1 when the line has none.</summary>
    public long WireOctets
    {
        get
        {
            Span<byte> octets = stackalloc byte[Fields.Length <= 256 ? Fields.Length : 0];
            return WireOctetsIn(
                octets.Length == Fields.Length ? octets[..Encoding.Latin1.GetBytes(Fields, octets)] : Encoding.Latin1.GetBytes(Fields));
        }
    }

    /// <summary>The same of fields that are octets.</summary>
    public static long WireOctetsIn(ReadOnlySpan<byte> fields)
    {
        foreach (Range range in fields.Split((byte)' '))
        {
            ReadOnlySpan<byte> token = fields[range];
            if (token.Length > 1 && token[0] == 'W'
                && long.TryParse(token[1..], NumberStyles.None, CultureInfo.InvariantCulture, out long octets))
            {
                return octets;
            }
        }

        return -1;
    }
}
