using System.Runtime.ExceptionServices;
using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>
/// Which mailbox is for what (RFC 6154): what was said at CREATE, in <c>imapd.special-use</c> in the root (lines of use, tab
/// and name in UTF-8), and for the rest the names that clients and other servers use.
/// </summary>
/// <remarks>A use belongs to one mailbox: a client would not know where to put what it sends.</remarks>
internal sealed class SpecialUses
{
    private const string FileName = "imapd.special-use";
    private const long MaxFileOctets = 1 << 20;

    // The first of these that exists has the use, case not counting; at the top or below INBOX.
    private static readonly (SpecialUse Use, string[] Names)[] Known =
    [
        (SpecialUse.Archive, ["Archive", "Archives"]),
        (SpecialUse.Drafts, ["Drafts", "Draft"]),
        (SpecialUse.Junk, ["Junk", "Spam", "Junk E-mail", "Junk Email", "Bulk Mail"]),
        (SpecialUse.Sent, ["Sent", "Sent Items", "Sent Messages", "Sent Mail"]),
        (SpecialUse.Trash, ["Trash", "Deleted Items", "Deleted Messages", "Deleted"]),
    ];

    private readonly Dictionary<SpecialUse, MailboxName> _said;

    private readonly Exception? _unreadable;

    private SpecialUses(Dictionary<SpecialUse, MailboxName> said, Exception? unreadable)
    {
        _said = said;
        _unreadable = unreadable;
    }

    /// <summary>Reads what was said. What cannot be read is told to the administrator, and passed over.</summary>
    public static SpecialUses Read(TreeRoot tree)
    {
        var said = new Dictionary<SpecialUse, MailboxName>();
        byte[] text = [];
        Exception? unreadable = null;
        int senseless = 0;
        try
        {
            text = SmallFile.Read(tree.Directory, FileName, MaxFileOctets) ?? [];
        }
        catch (Exception error) when (error is UnixException or StoreException)
        {
            unreadable = error;
            string why = error is UnixException failed ? failed.Errno.ToString() : "no file of a sensible size";
            tree.LogOnce($"{tree.PathOf(FileName)}: it cannot be read ({why}); mailboxes are listed without the uses in it");
        }

        foreach (string line in Encoding.UTF8.GetString(text).Split('\n'))
        {
            string[] fields = line.Split('\t');
            if (fields.Length == 2 && ParseUse(fields[0]) is var use and not SpecialUse.None
                && MailboxName.TryCreate(fields[1], out MailboxName? name, out _))
            {
                said[use] = name!;
            }
            else if (line.Length > 0)
            {
                senseless++;
            }
        }

        if (senseless > 0)
        {
            tree.LogOnce($"{tree.PathOf(FileName)}: {senseless} lines make no sense and are passed over");
        }

        return new SpecialUses(said, unreadable);
    }

    /// <summary>Makes sure that nothing is lost that is in a file which cannot be read.</summary>
    /// <exception cref="UnixException">It cannot be read.</exception>
    /// <exception cref="StoreException"><see cref="StoreError.Corruption"/>: it is no file of a sensible size.</exception>
    public void EnsureReadable()
    {
        if (_unreadable is not null)
        {
            ExceptionDispatchInfo.Throw(_unreadable);
        }
    }

    /// <summary>The mailboxes that have a use, among those there are.</summary>
    public Dictionary<MailboxName, SpecialUse> Among(IReadOnlyCollection<MailboxName> mailboxes)
    {
        var uses = new Dictionary<MailboxName, SpecialUse>();
        var exact = new HashSet<MailboxName>(mailboxes);
        var byName = new Dictionary<string, MailboxName>(StringComparer.OrdinalIgnoreCase);
        foreach (MailboxName name in mailboxes.OrderByDescending(static name => name.Value, StringComparer.Ordinal))
        {
            byName[name.Value] = name;
        }

        foreach ((SpecialUse use, MailboxName name) in _said)
        {
            if (exact.Contains(name))
            {
                uses[name] = use;
            }
        }

        foreach ((SpecialUse use, string[] names) in Known)
        {
            if (!uses.ContainsValue(use)
                && names.SelectMany(static name => new[] { name, "INBOX/" + name }).FirstOrDefault(
                    name => byName.TryGetValue(name, out MailboxName? found) && !uses.ContainsKey(found)) is { } first)
            {
                uses[byName[first]] = use;
            }
        }

        return uses;
    }

    /// <summary>What one of the mailboxes is for.</summary>
    public SpecialUse Of(MailboxName name, IReadOnlyCollection<MailboxName> mailboxes)
    {
        bool mayHaveOne = _said.ContainsValue(name) || Array.Exists(Known, known => Array.Exists(
            known.Names, text => name.Value.EndsWith(text, StringComparison.OrdinalIgnoreCase)));
        return mayHaveOne ? Among(mailboxes).GetValueOrDefault(name) : SpecialUse.None;
    }

    /// <summary>Whether a mailbox that is there was made for this use. One that only happens to be named so gives way.</summary>
    public bool IsTaken(SpecialUse use, IReadOnlyCollection<MailboxName> mailboxes) =>
        _said.TryGetValue(use, out MailboxName? name) && mailboxes.Contains(name);

    /// <summary>Remembers what a mailbox is for. The caller holds the lock of the names. Durable on return.</summary>
    public void Say(DirectoryHandle root, MailboxName name, SpecialUse use)
    {
        _said[use] = name;
        Write(root);
    }

    /// <summary>Forgets a mailbox. The caller holds the lock of the names.</summary>
    public void Forget(DirectoryHandle root, MailboxName name)
    {
        List<SpecialUse> uses = [.. _said.Where(said => said.Value == name).Select(static said => said.Key)];
        foreach (SpecialUse use in uses)
        {
            _said.Remove(use);
        }

        if (uses.Count > 0)
        {
            Write(root);
        }
    }

    /// <summary>Follows a mailbox, and those below it, to another name. The caller holds the lock of the names.</summary>
    public void Follow(DirectoryHandle root, MailboxName from, MailboxName to)
    {
        List<SpecialUse> uses = [.. _said.Where(said => said.Value == from || said.Value.IsBelow(from)).Select(static said => said.Key)];
        foreach (SpecialUse use in uses)
        {
            _said[use] = _said[use].Rebase(from, to);
        }

        if (uses.Count > 0)
        {
            Write(root);
        }
    }

    private static SpecialUse ParseUse(string text) => text switch
    {
        "archive" => SpecialUse.Archive,
        "drafts" => SpecialUse.Drafts,
        "junk" => SpecialUse.Junk,
        "sent" => SpecialUse.Sent,
        "trash" => SpecialUse.Trash,
        _ => SpecialUse.None,
    };

    private static string UseText(SpecialUse use) => use switch
    {
        SpecialUse.Archive => "archive",
        SpecialUse.Drafts => "drafts",
        SpecialUse.Junk => "junk",
        SpecialUse.Sent => "sent",
        _ => "trash",
    };

    private void Write(DirectoryHandle root)
    {
        var text = new StringBuilder();
        foreach ((SpecialUse use, MailboxName name) in _said)
        {
            text.Append(UseText(use)).Append('\t').Append(name.Value).Append('\n');
        }

        SmallFile.Replace(root, FileName, Octets.FromText(text.ToString()));
    }
}
