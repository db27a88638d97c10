using System.Text;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>
/// Puts an end to files that hide messages: two that bear one base name, and names with a line end in them, which cannot be
/// written to the UID list. The caller holds the mailbox's lock.
/// </summary>
internal sealed class OddFiles
{
    /// <summary>A program that renames by link and unlink is long done after this.</summary>
    private const long LinkedNanoseconds = 60L * 1_000_000_000;

    private readonly MailboxFiles _files;
    private bool _isNewRenamed;
    private bool _isCurRenamed;

    private OddFiles(MailboxFiles files) => _files = files;

    /// <summary>Lists the mailbox, and puts it in order if that is necessary.</summary>
    /// <returns>Whether it was: files may have been renamed or removed.</returns>
    public static bool PutInOrder(MailboxFiles files)
    {
        using var found = new FoundNames(files);
        found.List();
        return PutInOrder(files, found);
    }

    /// <summary>Puts in order what a listing has found; it says nothing true of the mailbox afterwards.</summary>
    /// <returns>Whether there was anything.</returns>
    public static bool PutInOrder(MailboxFiles files, FoundNames found)
    {
        if (found.IsInOrder)
        {
            return false;
        }

        var odd = new OddFiles(files);
        odd.ResolveDoubles(found);
        odd.RenameOddOnes(found);
        odd.Sync();
        return true;
    }

    /// <summary>A second name of the same file is removed, another message is given a base name of its own.</summary>
    private void ResolveDoubles(FoundNames found)
    {
        foreach ((string name, bool isInNew) in found.Doubles)
        {
            ref FoundName kept = ref found[found.PlaceOf(Encoding.Latin1.GetBytes(name))];
            DirectoryHandle part = _files.Part(isInNew);
            if (!IsThere(part, name, out FileStat stat)
                || !IsThere(_files.Part(kept.IsInNew), Encoding.Latin1.GetString(found.NameOf(kept)), out FileStat first))
            {
                // It was renamed while the directory was read, and seen under both names.
                continue;
            }

            if (stat.Inode == first.Inode && stat.Device == first.Device)
            {
                // Delivered by link and unlink, and the unlink is missing: the file stays under the other name. Not while
                // it may still come, or the file would lose both its names; out of new/ the unlink is of the same name.
                if ((isInNew && !kept.IsInNew) || ((DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100) - stat.ChangedNanoseconds > LinkedNanoseconds)
                {
                    part.TryUnlink(name);
                }
            }
            else
            {
                TryRename(name, isInNew, _files.Tree.Names.Next() + name[MessageName.Base(name).Length..]);
            }
        }
    }

    private void RenameOddOnes(FoundNames found)
    {
        foreach ((string name, bool isInNew) in found.WithLineEnds)
        {
            string own = _files.Tree.Names.Next();
            if (!isInNew)
            {
                own = MessageName.WithFlags(own, MessageName.Flags(name), MessageName.KeywordLetters(name));
            }

            if (TryRename(name, isInNew, own))
            {
                _files.Options.Log?.Invoke($"A message whose file name has a line end in it is named {own} now");
            }
        }
    }

    private bool TryRename(string name, bool isInNew, string own)
    {
        DirectoryHandle part = _files.Part(isInNew);
        bool isRenamed = part.TryRenameNew(name, part, own) == Errno.None;
        _isNewRenamed |= isRenamed && isInNew;
        _isCurRenamed |= isRenamed && !isInNew;
        return isRenamed;
    }

    // A UID is told for the new name: without it on the disk, it might be another message's after a power failure.
    private void Sync()
    {
        if (_isNewRenamed)
        {
            _files.New.Sync();
        }

        if (_isCurRenamed)
        {
            _files.Cur.Sync();
        }
    }

    // What cannot be told must not be taken for gone: its UID would go to another message.
    private static bool IsThere(DirectoryHandle part, string name, out FileStat stat)
    {
        Errno error = part.TryStat(name, false, out stat);
        return error switch
        {
            Errno.None => true,
            Errno.ENOENT => false,
            _ => throw new UnixException("statx", "message", error),
        };
    }
}
