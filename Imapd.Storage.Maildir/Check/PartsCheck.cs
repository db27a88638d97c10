using Imapd.Storage.Maildir.Change;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Check;

/// <summary>Checks <c>new</c>, <c>cur</c> and <c>tmp</c>, and the names of what is in them.</summary>
internal static class PartsCheck
{
    /// <summary>Opens and lists them.</summary>
    public static void Run(CheckedMailbox mailbox)
    {
        mailbox.New = Open(mailbox, "new");
        mailbox.Cur = Open(mailbox, "cur");
        mailbox.Before = mailbox.Stamps();
        List(mailbox, mailbox.New, "new", true);
        List(mailbox, mailbox.Cur, "cur", false);
        using DirectoryHandle? tmp = Open(mailbox, "tmp");
        if (tmp is not null)
        {
            CheckTemporary(mailbox, tmp);
        }
    }

    private static DirectoryHandle? Open(CheckedMailbox mailbox, string name)
    {
        Errno error = mailbox.Directory.TryOpenDirectory(name, false, out DirectoryHandle? part);
        switch (error)
        {
            case Errno.None:
                return part;
            case Errno.ENOENT:
                mailbox.Findings.Damage(name, "it is not there", new Remedy("make it", () =>
                {
                    if (mailbox.Directory.TryMakeDirectory(name) is not Errno.None and var failed)
                    {
                        throw new UnixException("mkdirat", name, failed);
                    }
                }, IsFirst: true));
                return null;
            case Errno.ENOTDIR or Errno.ELOOP:
                mailbox.Findings.Damage(name, "it is no directory");
                return null;
            default:
                mailbox.Findings.Damage(name, $"it cannot be opened ({error})");
                return null;
        }
    }

    private static void List(CheckedMailbox mailbox, DirectoryHandle? part, string partName, bool isInNew)
    {
        if (part is null)
        {
            return;
        }

        foreach (DirectoryEntry entry in DirectoryReader.Read(part))
        {
            string path = partName + "/" + entry.Name;
            if (!MessageName.IsPossible(entry.Name))
            {
                mailbox.Findings.Note(path, MessageName.HasLineEnd(entry.Name)
                    ? "no message can have this name; the next session that opens the mailbox gives it another"
                    : "no message can have this name; it is left alone");
            }
            else if (!IsFile(part, entry))
            {
                mailbox.Findings.Note(path, "it is no file, and so no message; it is left alone");
            }
            else if (!mailbox.Files.TryAdd(entry.Name, (entry.Name, isInNew)))
            {
                mailbox.Findings.Note(path, "another file has the same base name; the next session that opens the mailbox settles it");
            }
        }
    }

    private static bool IsFile(DirectoryHandle part, DirectoryEntry entry) => entry.Kind == FileKind.Regular
        || (entry.Kind == FileKind.Unknown && part.TryStat(entry.Name, false, out FileStat stat) == Errno.None && stat.Kind == FileKind.Regular);

    private static void CheckTemporary(CheckedMailbox mailbox, DirectoryHandle tmp)
    {
        foreach (DirectoryEntry entry in DirectoryReader.Read(tmp))
        {
            if (TmpSweep.IsLeftBehind(tmp, entry.Name))
            {
                string name = entry.Name;
                mailbox.Findings.Note("tmp/" + name, "a delivery that never ended left it behind", new Remedy("remove it", () =>
                {
                    using DirectoryHandle again = mailbox.Directory.OpenDirectory("tmp", false);
                    again.TryUnlink(name);
                }));
            }
        }
    }
}
