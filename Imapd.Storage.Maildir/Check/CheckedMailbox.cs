using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Check;

/// <summary>A mailbox while it is checked: what one part of the check has read and another needs.</summary>
/// <param name="directory">Its directory.</param>
/// <param name="findings">Where to say what is wrong.</param>
internal sealed class CheckedMailbox(DirectoryHandle directory, FindingList findings) : IDisposable
{
    /// <summary>Its directory.</summary>
    public DirectoryHandle Directory { get; } = directory;

    /// <summary>Where to say what is wrong.</summary>
    public FindingList Findings { get; } = findings;

    /// <summary>Whether its file system is another host's.</summary>
    public bool IsRemote { get; } = FileSystemKind.IsRemote(directory);

    /// <summary><c>new/</c>; null when it cannot be opened.</summary>
    public DirectoryHandle? New { get; set; }

    /// <summary><c>cur/</c>; null when it cannot be opened.</summary>
    public DirectoryHandle? Cur { get; set; }

    /// <summary>The message files, by base name: the whole name, and whether it is in <c>new/</c>.</summary>
    public Dictionary<string, (string Name, bool IsInNew)> Files { get; } = new(BaseNameComparer.Instance);

    /// <summary>The UID list as the store reads it; null when there is none.</summary>
    public UidList? List { get; set; }

    /// <summary>What the mailbox looked like before anything in it was read.</summary>
    public LookStamps Before { get; set; }

    /// <summary>Which mailbox it is, as far as the UID list says.</summary>
    public MailboxIdentity? Identity =>
        List is { } list ? new MailboxIdentity(list.UidValidity, list.NextUid, list.MailboxId ?? string.Empty) : null;

    /// <summary>What the mailbox looks like now; the default when it cannot be seen.</summary>
    public LookStamps Stamps() => New is null || Cur is null ? default : new LookStamps(
        FileStamp.Of(New.Stat()),
        FileStamp.Of(Cur.Stat()),
        FileStamp.Of(Directory, UidListFile.FileName),
        FileStamp.Of(Directory, KeywordTable.FileName));

    /// <inheritdoc />
    public void Dispose()
    {
        New?.Dispose();
        Cur?.Dispose();
    }
}
