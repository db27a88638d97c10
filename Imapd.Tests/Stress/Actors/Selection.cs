using System.Globalization;
using System.Text;
using Imapd.Tests.Stress.Client;
using Imapd.Tests.Stress.Model;

namespace Imapd.Tests.Stress.Actors;

/// <summary>Some messages of a view, named by number or by UID.</summary>
/// <param name="Uids">Ascending.</param>
/// <param name="ByUid">Whether <paramref name="Set"/> is one of UIDs.</param>
/// <param name="Set">A sequence set of them.</param>
internal sealed record Selection(IReadOnlyList<uint> Uids, bool ByUid, string Set)
{
    /// <summary><c>UID </c> where the command needs it.</summary>
    public string Prefix => ByUid ? "UID " : "";

    /// <summary>Chooses messages whose UIDs are known; null when there are none.</summary>
    /// <param name="random">By which.</param>
    /// <param name="view">Where.</param>
    /// <param name="mailbox">Where.</param>
    /// <param name="most">How many at the most.</param>
    /// <param name="isSuitable">Which may be chosen.</param>
    public static Selection? Choose(Random random, ClientView view, MailboxLedger mailbox, int most, Func<TrackedMessage, bool> isSuitable)
    {
        var numbers = new SortedSet<int>();
        int wanted = random.Next(3) == 0 ? 1 : random.Next(1, most + 1);
        int at = view.Count == 0 ? 0 : random.Next(1, view.Count + 1);
        bool isRange = random.Next(3) == 0;
        for (int tries = 0; numbers.Count < wanted && tries < wanted * 3 && view.Count > 0; tries++)
        {
            int number = isRange ? at++ : random.Next(1, view.Count + 1);
            if (number <= view.Count && view.UidOf(number) != 0 && mailbox.Find(view.UidOf(number)) is { } message && isSuitable(message))
            {
                numbers.Add(number);
            }
        }

        bool byUid = random.Next(2) == 0;
        return numbers.Count == 0 ? null : new Selection([.. numbers.Select(view.UidOf)], byUid, SetOf(view, numbers, byUid));
    }

    private static string SetOf(ClientView view, SortedSet<int> numbers, bool byUid)
    {
        var set = new StringBuilder();
        int first = 0;
        int last = -1;
        foreach (int number in numbers.Append(int.MaxValue))
        {
            if (number == last + 1)
            {
                last = number;
                continue;
            }

            if (first > 0)
            {
                string separator = set.Length > 0 ? "," : "";
                uint from = byUid ? view.UidOf(first) : (uint)first;
                uint to = byUid ? view.UidOf(last) : (uint)last;
                set.Append(CultureInfo.InvariantCulture, $"{separator}{from}");
                set.Append(CultureInfo.InvariantCulture, $"{(first == last ? "" : ":" + to.ToString(CultureInfo.InvariantCulture))}");
            }

            first = number;
            last = number;
        }

        return set.ToString();
    }
}
