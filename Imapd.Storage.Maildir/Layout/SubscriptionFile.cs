using System.Text;
using Imapd.Protocol.Values;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>
/// The text of Dovecot's <c>subscriptions</c>: version 1, a dotted name on each line, or version 2, which begins with
/// <c>V⇥2</c> and an empty line and has tabs between levels. It is written back in the version it was found in.
/// </summary>
/// <remarks>
/// Levels are encoded as in directory names (<see cref="TreeLayout"/>); version 2 besides escapes octets 0, 1, tab, CR
/// and LF with octet 1 in front. Lines that no mailbox can be named by are kept as they are.
/// </remarks>
internal sealed class SubscriptionFile
{
    /// <summary>The file's name in the root.</summary>
    public const string FileName = "subscriptions";

    /// <summary>More is refused before memory is taken.</summary>
    public const long MaxOctets = 16 << 20;

    private const string Version2 = "V\t2";

    private readonly TreeLayout _layout;
    private readonly List<string> _lines;
    private readonly bool _isVersion2;

    private SubscriptionFile(TreeLayout layout, List<string> lines, bool isVersion2)
    {
        _layout = layout;
        _lines = lines;
        _isVersion2 = isVersion2;
    }

    /// <summary>The names subscribed to, in the file's order.</summary>
    public IEnumerable<MailboxName> Names => _lines.Select(NameOf).OfType<MailboxName>().Distinct();

    /// <summary>In which form names are added; the one that the tree's directories have.</summary>
    public NameForm Form { get; set; }

    /// <summary>The lines that no mailbox can be named by.</summary>
    public IEnumerable<string> OddLines => _lines.Where(line => NameOf(line) is null);

    /// <summary>Reads the text.</summary>
    /// <param name="layout">How names are written.</param>
    /// <param name="text">Null for a file that is not there, which is begun in version 2 as Dovecot does.</param>
    public static SubscriptionFile Parse(TreeLayout layout, string? text)
    {
        List<string> lines = [.. (text ?? string.Empty).Split('\n').Where(static line => line.Length > 0)];
        bool isVersion2 = text is null || (lines.Count > 0 && lines[0].StartsWith("V\t", StringComparison.Ordinal));
        if (isVersion2 && lines.Count > 0)
        {
            lines.RemoveAt(0);
        }

        return new SubscriptionFile(layout, lines, isVersion2);
    }

    /// <summary>The text.</summary>
    public string ToText()
    {
        var text = new StringBuilder(_isVersion2 ? Version2 + "\n\n" : string.Empty);
        foreach (string line in _lines)
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Adds a name; false when it is there.</summary>
    public bool Add(MailboxName name)
    {
        if (Names.Contains(name))
        {
            return false;
        }

        _lines.Add(string.Join(
            _isVersion2 ? '\t' : _layout.LevelSeparator,
            name.Value.Split(MailboxName.Delimiter).Select(level => _layout.EncodeLevel(level, Form))));
        return true;
    }

    /// <summary>Removes a name; false when it is not there.</summary>
    public bool Remove(MailboxName name) => _lines.RemoveAll(line => NameOf(line) == name) > 0;

    /// <summary>Holds these names from now on, and the lines that no mailbox can be named by.</summary>
    public void Become(IReadOnlyCollection<MailboxName> names)
    {
        var others = new HashSet<MailboxName>(Names);
        others.ExceptWith(names);
        foreach (MailboxName name in others)
        {
            Remove(name);
        }

        foreach (MailboxName name in names)
        {
            Add(name);
        }
    }

    private MailboxName? NameOf(string line) =>
        _layout.FromLevels(_isVersion2 ? [.. line.Split('\t').Select(Unescape)] : line.Split(_layout.LevelSeparator));

    private static string Unescape(string level)
    {
        if (!level.Contains('\x01', StringComparison.Ordinal))
        {
            return level;
        }

        var text = new StringBuilder(level.Length);
        for (int i = 0; i < level.Length; i++)
        {
            text.Append(level[i] == '\x01' && i + 1 < level.Length
                ? level[++i] switch { '0' => '\0', '1' => '\x01', 't' => '\t', 'r' => '\r', 'n' => '\n', char other => other }
                : level[i]);
        }

        return text.ToString();
    }
}
