using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>A mailbox under its lock, looked at: what a change is made to. The lock ends with it.</summary>
internal sealed class LockedMailbox : IDisposable
{
    private readonly MailboxLook _look;
    private readonly MailboxLock _held;
    private OwnRenames _own = new();

    /// <summary>Takes over a lock.</summary>
    public LockedMailbox(MailboxLook look, MailboxLock held)
    {
        _look = look;
        _held = held;
        Changes = new IndexChanges(look.View);
    }

    /// <summary>The mailbox.</summary>
    public MailboxFiles Files => _look.Files;

    /// <summary>What the index shows; up to date, and without the changes of <see cref="Changes"/>.</summary>
    public IndexView View => _look.View;

    /// <summary>Whether the UID list is as <see cref="View"/> knows it. To be asked under the dotlock.</summary>
    public bool IsListKnown => _look.IsListKnown;

    /// <summary>The keyword table.</summary>
    public KeywordTable Keywords => _look.Keywords;

    /// <summary>What is to be written to the index.</summary>
    public IndexChanges Changes { get; private set; }

    /// <summary>Renames a message's file to <c>cur/</c>, unless the name is taken there.</summary>
    /// <param name="isInNew">Where it is.</param>
    /// <param name="name">Its name, ending in NUL.</param>
    /// <param name="newName">The new one, ending in NUL.</param>
    public Errno Rename(bool isInNew, ReadOnlySpan<byte> name, ReadOnlySpan<byte> newName)
    {
        Errno error = Files.Part(isInNew).TryRenameNew(name, Files.Cur, newName);
        if (error == Errno.None)
        {
            _own.Note(isInNew, name[..^1], isThere: false);
            _own.Note(isInNew: false, newName[..^1], isThere: true);
            _look.ReadAtTimes(_own);
        }

        return error;
    }

    /// <summary>Removes a message's file.</summary>
    /// <param name="isInNew">Where it is.</param>
    /// <param name="name">Its name, ending in NUL.</param>
    public Errno Unlink(bool isInNew, ReadOnlySpan<byte> name)
    {
        Errno error = Files.Part(isInNew).TryUnlink(name);
        if (error == Errno.None)
        {
            _own.Note(isInNew, name[..^1], isThere: false);
            _look.ReadAtTimes(_own);
        }

        return error;
    }

    /// <summary>A name came or went by this change.</summary>
    public void Note(bool isInNew, string name, bool isThere)
    {
        _own.Note(isInNew, name, isThere);
        _look.ReadAtTimes(_own);
    }

    /// <summary>Makes what was done in the directories that were touched survive a power failure.</summary>
    public void Sync()
    {
        if (_own.HasTouchedNew)
        {
            Files.New.Sync();
        }

        if (_own.HasTouchedCur)
        {
            Files.Cur.Sync();
        }
    }

    /// <summary>Writes the changes to the index.</summary>
    /// <param name="written">The UID list's stamp, if it was written; the dotlock is held then.</param>
    public void Commit(FileStamp? written = null)
    {
        if (written is not null)
        {
            _look.ForgetList();
        }

        _look.Write(Changes, _own, written);
        _own = new OwnRenames();
        Changes = new IndexChanges(View);
    }

    /// <summary>Writes the changes to the index, and looks again: another program has done something meanwhile.</summary>
    public void LookAgain()
    {
        Commit();
        _look.SyncLocked();
        Changes = new IndexChanges(View);
    }

    /// <summary>A name is taken that should not be: the next look lists the directories.</summary>
    public void Distrust() => _look.Distrust();

    /// <summary>A keyword table was written.</summary>
    public void Use(KeywordTable table)
    {
        _look.Use(table);

        // The index may say that there is none: when it is lost, that would not be seen.
        Changes.Stamps = Changes.Stamps with { Keywords = default };
    }

    /// <inheritdoc />
    public void Dispose() => _held.Dispose();
}
