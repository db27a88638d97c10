namespace Imapd.Protocol.Values;

/// <summary>
/// A mailbox's name as users see it: Unicode in NFC, levels separated by <see cref="Delimiter"/>, INBOX in capitals
/// wherever it is the first level (RFC 9051 §5.1). How it is written on a wire or on a disk is decided elsewhere.
/// </summary>
/// <remarks>
/// Made with <see cref="TryCreate"/> only, so a name that no file system should see never reaches the store. Equality is
/// octet by octet after that canonical form.
/// </remarks>
public sealed record MailboxName
{
    /// <summary>What separates the levels of the hierarchy.</summary>
    public const char Delimiter = '/';

    /// <summary>
    /// The most octets of UTF-8 in a level: what a name on disk, which has at most 255, becomes when each of its octets has to
    /// be shown as three.
    /// </summary>
    public const int MaxLevelOctets = 765;

    /// <summary>The most levels in a name.</summary>
    public const int MaxLevels = 64;

    private MailboxName(string value) => Value = value;

    /// <summary>INBOX.</summary>
    public static MailboxName Inbox { get; } = new("INBOX");

    /// <summary>The name, for example <c>INBOX</c> or <c>Lists/imap</c>.</summary>
    public string Value { get; }

    /// <summary>Whether this is INBOX itself.</summary>
    public bool IsInbox => Value == Inbox.Value;

    /// <summary>The name one level up, or null for a first level.</summary>
    public MailboxName? Parent
    {
        get
        {
            int end = Value.LastIndexOf(Delimiter);
            return end < 0 ? null : new MailboxName(Value[..end]);
        }
    }

    /// <summary>Makes the canonical form of a decoded name, or says in <paramref name="problem"/> why it cannot be one.</summary>
    /// <param name="text">Decoded from modified UTF-7 or UTF-8; may end in one delimiter (CREATE, RFC 9051 §6.3.4).</param>
    /// <param name="name">The name, when true is returned.</param>
    /// <param name="problem">What is wrong with it, safe to send, when false is returned.</param>
    public static bool TryCreate(string text, out MailboxName? name, out string? problem)
    {
        name = null;
        problem = Problem(ref text);
        if (problem is null)
        {
            name = new MailboxName(text);
        }

        return problem is null;
    }

    /// <summary>This name under another parent: <paramref name="from"/> is this name or one of its ancestors.</summary>
    public MailboxName Rebase(MailboxName from, MailboxName to) => new(to.Value + Value[from.Value.Length..]);

    /// <summary>Whether this name lies below <paramref name="ancestor"/>.</summary>
    public bool IsBelow(MailboxName ancestor) =>
        Value.Length > ancestor.Value.Length
        && Value[ancestor.Value.Length] == Delimiter
        && Value.StartsWith(ancestor.Value, StringComparison.Ordinal);

    /// <inheritdoc />
    public override string ToString() => Value;

    private static string? Problem(ref string text)
    {
        if (text.EndsWith(Delimiter))
        {
            text = text[..^1];
        }

        if (text.Length == 0)
        {
            return "A mailbox name cannot be empty";
        }

        if (!IsWellFormed(text))
        {
            return "The mailbox name is not valid Unicode";
        }

        text = Normalization.Nfc.Compose(text);
        string[] levels = text.Split(Delimiter);
        if (levels.Length > MaxLevels)
        {
            return $"A mailbox name has at most {MaxLevels} levels";
        }

        foreach (string level in levels)
        {
            if (level.Length == 0)
            {
                return "A mailbox name has an empty level";
            }

            if (level is "." or "..")
            {
                return "A level of a mailbox name cannot be . or ..";
            }

            if (System.Text.Encoding.UTF8.GetByteCount(level) > MaxLevelOctets)
            {
                return $"A level of a mailbox name has at most {MaxLevelOctets} octets";
            }

            foreach (char c in level)
            {
                // RFC 9755 §3 and RFC 5198 §2: no C0 or C1 controls, no line or paragraph separators.
                if (char.IsControl(c) || c is '\u2028' or '\u2029')
                {
                    return "A mailbox name cannot contain control characters";
                }
            }
        }

        if (levels[0].Equals(Inbox.Value, StringComparison.OrdinalIgnoreCase))
        {
            levels[0] = Inbox.Value;
            text = string.Join(Delimiter, levels);
        }

        return null;
    }

    private static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
