using System.Globalization;
using System.Text;
using Imapd.Protocol.Values;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>
/// How Maildir++ names a mailbox's directory: <c>Lists/imap</c> is <c>.Lists.imap</c>, in modified UTF-7 as Dovecot has it.
/// </summary>
/// <remarks>
/// A full stop inside a level is written <c>\2e</c>, which is what Dovecot's listescape plugin (2.3) and its setting
/// <c>mailbox_list_storage_escape_char</c> with a backslash (2.4) read. A backslash is written as itself, unless two
/// hexadecimal digits follow, which would be taken for an escape; then it is <c>\5c</c>. Several directories may mean one
/// name (<see cref="LevelText"/>); the one written here comes first.
/// </remarks>
internal static class DirectoryName
{
    /// <summary>The directory's name, octets; empty for INBOX, which is the root itself.</summary>
    public static string Of(MailboxName name, NameForm form = NameForm.ModifiedUtf7) =>
        name.IsInbox ? string.Empty : "." + ToDotted(name, form);

    /// <summary>The name without the leading full stop, as it stands in subscription files: <c>Lists.imap</c>.</summary>
    public static string ToDotted(MailboxName name, NameForm form = NameForm.ModifiedUtf7) =>
        string.Join('.', name.Value.Split(MailboxName.Delimiter).Select(level => EncodeLevel(level, form)));

    /// <summary>The mailbox a directory in the root is; null when it is none because its name does not begin with a full stop.</summary>
    /// <remarks>It may be INBOX, which is elsewhere, or the same as another's: <see cref="MailboxListing"/> tells them apart.</remarks>
    public static MailboxName? ToMailbox(string directory)
    {
        if (directory.Length < 2 || directory[0] != '.')
        {
            return null;
        }

        string dotted = directory[1..];
        return FromDotted(dotted) ?? Shown(dotted.Split('.')) ?? Shown([dotted.Replace(".", "\\2e", StringComparison.Ordinal)]);
    }

    /// <summary>The mailbox a dotted name means, or null when no mailbox can have that name.</summary>
    public static MailboxName? FromDotted(string dotted) => FromLevels(dotted.Split('.'));

    /// <summary>The mailbox that encoded levels mean, or null.</summary>
    public static MailboxName? FromLevels(string[] encodedLevels)
    {
        var levels = new string[encodedLevels.Length];
        for (int i = 0; i < levels.Length; i++)
        {
            if (LevelText.Decode(Unescape(encodedLevels[i])) is not { Length: > 0 } level || level.Contains(MailboxName.Delimiter))
            {
                return null;
            }

            levels[i] = level;
        }

        return Named(levels);
    }

    /// <summary>One level as it is written on disk.</summary>
    public static string EncodeLevel(string level, NameForm form = NameForm.ModifiedUtf7)
    {
        string encoded = LevelText.Encode(level, form);
        if (encoded.AsSpan().IndexOfAny('.', '\\') < 0)
        {
            return encoded;
        }

        var escaped = new StringBuilder(encoded.Length + 8);
        for (int i = 0; i < encoded.Length; i++)
        {
            escaped.Append(encoded[i] switch
            {
                '.' => "\\2e",
                '\\' when IsHexPair(encoded, i + 1) => "\\5c",
                char other => other.ToString(),
            });
        }

        return escaped.ToString();
    }

    private static MailboxName? Shown(string[] levels) => Named([.. levels.Select(LevelText.Show)]);

    // The name of a mailbox may end in a delimiter, that of a directory not.
    private static MailboxName? Named(string[] levels) =>
        !levels.Contains(string.Empty) && MailboxName.TryCreate(string.Join(MailboxName.Delimiter, levels), out MailboxName? name, out _)
            ? name
            : null;

    private static string Unescape(string level)
    {
        if (!level.Contains('\\', StringComparison.Ordinal))
        {
            return level;
        }

        var unescaped = new StringBuilder(level.Length);
        for (int i = 0; i < level.Length; i++)
        {
            if (level[i] == '\\' && IsHexPair(level, i + 1))
            {
                unescaped.Append((char)byte.Parse(level.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 2;
            }
            else
            {
                unescaped.Append(level[i]);
            }
        }

        return unescaped.ToString();
    }

    private static bool IsHexPair(string text, int start) =>
        start + 1 < text.Length && char.IsAsciiHexDigit(text[start]) && char.IsAsciiHexDigit(text[start + 1]);
}
