using System.Diagnostics.CodeAnalysis;

namespace Imapd.Protocol.Handoff;

/// <summary>
/// A mailbox that every user is to have for a special use (RFC 6154): <c>sent:create,subscribe</c>, or with a name of its own
/// <c>sent=Sent Items:create</c>. The master reads it when it starts and hands it on as text.
/// </summary>
/// <param name="Use"><c>archive</c>, <c>drafts</c>, <c>junk</c>, <c>sent</c> or <c>trash</c>.</param>
/// <param name="Name">What the mailbox is called where it has to be made.</param>
/// <param name="IsSubscribed">Whether it is subscribed to when it is made.</param>
public sealed record AutoMailbox(string Use, string Name, bool IsSubscribed)
{
    private const int MaxNameLetters = 100;

    private static readonly string[] Uses = ["archive", "drafts", "junk", "sent", "trash"];

    /// <summary>Reads one.</summary>
    /// <param name="text">As an administrator writes it.</param>
    /// <param name="mailbox">The mailbox, when it is one.</param>
    /// <param name="problem">What is wrong with it, to continue the sentence that names it; empty when nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out AutoMailbox? mailbox, out string problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        mailbox = null;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string what = colon < 0 ? text : text[..colon];
        int equals = what.IndexOf('=', StringComparison.Ordinal);
        string use = equals < 0 ? what : what[..equals];
        string[] actions = colon < 0 ? [] : text[(colon + 1)..].Split(',');
        if (!Uses.Contains(use))
        {
            problem = $"is for none of {string.Join(", ", Uses)}";
        }
        else if (actions.Length == 0 || actions.Except(["create", "subscribe"]).Any())
        {
            problem = "does not end in :create or :create,subscribe";
        }
        else if (equals >= 0 && !IsName(what[(equals + 1)..]))
        {
            problem = $"has no name of a mailbox behind =: up to {MaxNameLetters} letters of ASCII, with / between levels";
        }
        else
        {
            problem = "";
            mailbox = new(use, equals < 0 ? Usual(use) : what[(equals + 1)..], actions.Contains("subscribe"));
        }
        return mailbox is not null;
    }

    /// <summary>As it is written: what reads it again gets the same.</summary>
    public override string ToString() =>
        Use + (Name == Usual(Use) ? "" : "=" + Name) + (IsSubscribed ? ":create,subscribe" : ":create");

    private static string Usual(string use) => char.ToUpperInvariant(use[0]) + use[1..];

    // Narrower than what a mailbox can be called (RFC 9051 §5.1): whoever makes it need not refuse it.
    private static bool IsName(string name) =>
        name.Length is > 0 and <= MaxNameLetters
        && !name.Equals("INBOX", StringComparison.OrdinalIgnoreCase)
        && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is ' ' or '-' or '_' or '/')
        && name.Split('/').All(static level => level.Length > 0 && level.Trim() == level);
}
