using System.Text;

namespace Imapd.Protocol.Values;

/// <summary>
/// Names with wildcards as LIST and LSUB have them (RFC 9051 §6.3.9): "*" stands for anything, "%" for anything
/// within a level.
/// </summary>
public static class MailboxPattern
{
    /// <summary>Whether the pattern matches a mailbox's name, INBOX as a first level without regard to case.</summary>
    /// <param name="pattern">Decoded; the reference already before it.</param>
    /// <param name="name">A canonical name: see <see cref="MailboxName.Value"/>.</param>
    /// <remarks>
    /// Time is at most the product of the two lengths, and a pattern with more literal characters than the name has is
    /// refused at once, so no pattern is dear.
    /// </remarks>
    public static bool Matches(string pattern, string name)
    {
        string simple = WithoutRepeatedWildcards(pattern);
        if (simple.Count(static c => !IsWildcard(c)) > name.Length)
        {
            return false;
        }

        // reached[n]: the pattern as far as read matches the first n characters of the name.
        bool[] reached = new bool[name.Length + 1];
        reached[0] = true;
        int inboxLength = InboxLength(name);
        foreach (char c in simple)
        {
            if (IsWildcard(c))
            {
                Spread(reached, name, acrossLevels: c == '*');
            }
            else
            {
                Advance(reached, name, c, inboxLength);
            }
        }

        return reached[name.Length];
    }

    private static void Spread(bool[] reached, string name, bool acrossLevels)
    {
        for (int n = 1; n <= name.Length; n++)
        {
            reached[n] |= reached[n - 1] && (acrossLevels || name[n - 1] != MailboxName.Delimiter);
        }
    }

    private static void Advance(bool[] reached, string name, char c, int inboxLength)
    {
        for (int n = name.Length; n > 0; n--)
        {
            bool isSame = name[n - 1] == c || (n <= inboxLength && name[n - 1] == char.ToUpperInvariant(c));
            reached[n] = reached[n - 1] && isSame;
        }

        reached[0] = false;
    }

    private static int InboxLength(string name)
    {
        string inbox = MailboxName.Inbox.Value;
        bool isFirstLevel = name.StartsWith(inbox, StringComparison.Ordinal)
            && (name.Length == inbox.Length || name[inbox.Length] == MailboxName.Delimiter);
        return isFirstLevel ? inbox.Length : 0;
    }

    private static string WithoutRepeatedWildcards(string pattern)
    {
        var simple = new StringBuilder(pattern.Length);
        foreach (char c in pattern)
        {
            bool isRepeat = simple.Length > 0 && IsWildcard(c) && IsWildcard(simple[^1]);
            if (!isRepeat)
            {
                simple.Append(c);
            }
            else if (c == '*')
            {
                simple[^1] = '*';
            }
        }

        return simple.ToString();
    }

    private static bool IsWildcard(char c) => c is '*' or '%';
}
