using System.Globalization;
using System.Text;
using Imapd.Protocol.Values;

namespace Imapd.Worker.Commands;

/// <summary>UIDs as the <c>uid-set</c> of a response code (RFC 9051 §9): ranges, and never "*".</summary>
internal static class UidSetText
{
    /// <summary>Writes the UIDs in the order they are given in, which is what pairs the two sets of COPYUID.</summary>
    public static string Of(IReadOnlyList<Uid> uids)
    {
        var text = new StringBuilder();
        for (int first = 0; first < uids.Count;)
        {
            int last = first;
            while (last + 1 < uids.Count && uids[last + 1].Value == uids[last].Value + 1)
            {
                last++;
            }

            text.Append(text.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{uids[first].Value}");
            if (last > first)
            {
                text.Append(CultureInfo.InvariantCulture, $":{uids[last].Value}");
            }

            first = last + 1;
        }

        return text.ToString();
    }
}
