using System.Globalization;
using Imapd.Protocol.Values;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>The mailboxes that one pass over a tree has found. Immutable.</summary>
internal sealed class MailboxListing
{
    private readonly Dictionary<MailboxName, string> _directories;
    private readonly HashSet<MailboxName> _bare;
    private HashSet<MailboxName>? _parents;

    /// <summary>Takes over what was found.</summary>
    /// <param name="directories">Each mailbox's directory, INBOX's without a name.</param>
    /// <param name="bare">Names of directories that are no mailboxes and yet levels of the hierarchy.</param>
    /// <param name="form">In which form new names are to be written.</param>
    public MailboxListing(Dictionary<MailboxName, string> directories, HashSet<MailboxName> bare, NameForm form)
    {
        Form = form;
        _directories = directories;
        _bare = bare;
    }

    /// <summary>The mailboxes and their directories.</summary>
    public IReadOnlyDictionary<MailboxName, string> Directories => _directories;

    /// <summary>All names: mailboxes, what is above them, and levels without anything.</summary>
    public IEnumerable<MailboxName> Names => _directories.Keys.Union(_bare).Union(Parents);

    /// <summary>
    /// The form in which a new name is to be written: UTF-8 where another program does so and none has used modified UTF-7.
    /// </summary>
    public NameForm Form { get; }

    private HashSet<MailboxName> Parents => _parents ??= FindParents();

    /// <summary>Whether a mailbox is below a name.</summary>
    public bool HasChildren(MailboxName name) => Parents.Contains(name);

    /// <summary>Whether there is a mailbox or a level of that name.</summary>
    public bool Has(MailboxName name) => _directories.ContainsKey(name) || _bare.Contains(name) || HasChildren(name);

    /// <summary>The mailboxes at or below a name, those above first.</summary>
    public List<MailboxName> Under(MailboxName name) =>
    [
        .. _directories.Keys.Where(other => other == name || other.IsBelow(name)).OrderBy(static name => name.Value, StringComparer.Ordinal)
    ];

    /// <summary>
    /// Gives each of the directories a name of its own. Of several for one name, the one we would have made has it, or else
    /// the first; the others are called <c>name (2)</c> and so on: other programs wrote the same name in two ways, and no
    /// mail may be out of sight because of it.
    /// </summary>
    /// <param name="found">Directories, and for each how good a way to write the name it is: the largest wins.</param>
    /// <param name="names">Names that are taken already; those found are added.</param>
    public static void AddDistinct(
        IEnumerable<(string Directory, MailboxName Name, int Rank)> found, Dictionary<MailboxName, string> names)
    {
        List<(string Directory, MailboxName Name, int Rank)> others = [];
        foreach ((string Directory, MailboxName Name, int Rank) one in found
            .OrderByDescending(static one => one.Rank).ThenBy(static one => one.Directory, StringComparer.Ordinal))
        {
            if (!names.TryAdd(one.Name, one.Directory))
            {
                others.Add(one);
            }
        }

        foreach ((string directory, MailboxName name, _) in others)
        {
            int number = 2;
            while (MailboxName.TryCreate(string.Create(CultureInfo.InvariantCulture, $"{name} ({number})"), out MailboxName? numbered, out _)
                && !names.TryAdd(numbered!, directory))
            {
                number++;
            }
        }
    }

    private HashSet<MailboxName> FindParents()
    {
        var parents = new HashSet<MailboxName>();
        foreach (MailboxName name in _directories.Keys.Concat(_bare))
        {
            for (MailboxName? parent = name.Parent; parent is not null && parents.Add(parent); parent = parent.Parent)
            {
            }
        }

        return parents;
    }
}
