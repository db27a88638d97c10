using System.Globalization;

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
            foreach (Range range in Fields.AsSpan().Split(' '))
            {
                ReadOnlySpan<char> token = Fields.AsSpan(range);
                if (token.Length > 1 && token[0] == 'W'
                    && long.TryParse(token[1..], NumberStyles.None, CultureInfo.InvariantCulture, out long octets))
                {
                    return octets;
                }
            }

            return -1;
        }
    }
}
