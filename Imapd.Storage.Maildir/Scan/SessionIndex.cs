using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>The index a session has open; another one after it was written anew.</summary>
/// <param name="files">The mailbox.</param>
/// <param name="isRemote">Whether other hosts may change it.</param>
internal sealed class SessionIndex(MailboxFiles files, bool isRemote) : IDisposable
{
    private const ulong RestartMicroseconds = 5_000_000;

    private IndexFile? _file;
    private IndexView? _last;
    private bool _isDamageLogged;

    /// <summary>Whether there is one.</summary>
    public bool IsOpen => _file is not null;

    /// <summary>What it shows; while there is none, because a look has failed, what the last one showed.</summary>
    public IndexView View => _file?.View ?? _last!;

    /// <summary>Reads it, or what was added to it.</summary>
    /// <param name="session">What the session was shown last; null at first.</param>
    /// <param name="isAnother">Whether it is not the one that was open before.</param>
    /// <returns>False when there is none that can be used.</returns>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.NonExistent"/>: what the session was shown cannot be told any more, because the file was cut short.
    /// </exception>
    public bool TryRead(MailboxState? session, out bool isAnother)
    {
        bool isReplaced = true;
        isAnother = false;
        if (_file is not null)
        {
            _file.CatchUp(out isReplaced);
            if (!isReplaced && !_file.IsDamaged)
            {
                return true;
            }

            if (_file.IsCutShort && session is not null)
            {
                throw new StoreException(StoreError.NonExistent, "Another program has cut the mailbox's index short; select it again");
            }
        }

        IndexFile? opened = null;
        string? whyNot = "it is damaged";
        if (isReplaced)
        {
            opened = IndexFile.TryOpen(files.Directory, isRemote, out whyNot);
        }

        if (whyNot is not null && !_isDamageLogged)
        {
            _isDamageLogged = true;
            files.Options.Log?.Invoke($"{files.Path}/{IndexFile.FileName}: {whyNot}; it is made anew");
        }

        if (opened is not null && session is not null && opened.View.Identity.UidValidity != session.UidValidity.Value)
        {
            opened.Dispose();
            opened = null;
        }

        if (opened is null && _file is { IsDamaged: false, IsInMemory: true })
        {
            return true;
        }

        isAnother = true;
        _last = opened is null ? _file?.View ?? _last : null;
        _file?.Dispose();
        _file = opened;
        _isDamageLogged &= opened is null;
        return opened is not null;
    }

    /// <summary>
    /// The directories were listed because of what the index says of them: a power failure may have taken changes from it that
    /// took back one another. Nothing of them shows, but clients were told their mod-sequences.
    /// </summary>
    /// <param name="changes">What the listing has found.</param>
    public void NoteListing(IndexChanges changes)
    {
        // Stamps that say nothing are those of a moment ago, and no power comes back so soon.
        LookStamps stamps = View.Summary.Stamps;
        if ((stamps.New.IsKnown && stamps.Cur.IsKnown) || View.NextModSeq() - View.Summary.HighestModSeq > RestartMicroseconds)
        {
            changes.HighestModSeq = Math.Max(changes.HighestModSeq, View.NextModSeq());
        }
    }

    /// <summary>Adds changes. The caller holds the mailbox's lock and has read what others added.</summary>
    public void Append(IndexChanges changes) => _file!.Append(changes);

    /// <summary>Begins anew.</summary>
    /// <param name="content">What it is to show.</param>
    /// <param name="isWritable">Whether the caller holds the mailbox's lock; otherwise it stays in memory.</param>
    public void Begin(IndexView content, bool isWritable)
    {
        _file?.Dispose();
        _file = isWritable
            ? IndexFile.Create(files.Directory, isRemote, content)
            : IndexFile.InMemory(files.Directory, isRemote, content);
    }

    /// <summary>Begins with what a listing has found. The caller holds the mailbox's lock.</summary>
    public void Begin(ListedRows listed)
    {
        IndexFile? before = _file;
        _file = IndexFile.Create(files.Directory, isRemote, listed);
        before?.Dispose();
    }

    /// <inheritdoc />
    public void Dispose() => _file?.Dispose();
}
