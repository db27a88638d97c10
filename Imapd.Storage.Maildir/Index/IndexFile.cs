using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Index;

/// <summary>
/// The index of a mailbox, <c>imapd.index</c>: a snapshot, and behind it the changes since. What is in it can be found out
/// from the mailbox again, so nothing waits for the disk, and it may vanish at any time.
/// </summary>
/// <remarks>
/// One session's. Readers take no lock: a snapshot is replaced by rename and never written to, the journal only grows, and a
/// frame counts wholly or not at all. An index that cannot be written is kept in this process's memory instead.
/// </remarks>
internal sealed class IndexFile : IDisposable
{
    /// <summary>The file's name in a mailbox's directory.</summary>
    public const string FileName = "imapd.index";

    private const string TemporaryName = FileName + ".tmp";

    // Compaction costs a write of everything: it is due when reading the changes costs about as much as it saves.
    private const int MinOverlay = 1024;
    private const int RowsPerOverlay = 64;
    private const int MinJournalOctets = 256 * 1024;
    private const int MaxJournalOctets = 4 << 20;
    private const long RetryMilliseconds = 30_000;

    private readonly DirectoryHandle _mailbox;
    private readonly bool _isRemote;
    private FileHandle? _file;
    private FileStamp _stampOfOther;
    private ulong _inode;
    private ulong _device;
    private uint _seed;
    private long _journalAt;
    private long _end;
    private bool _isWritable;
    private long _retryAt;

    private IndexFile(DirectoryHandle mailbox, bool isRemote, IndexView view)
    {
        _mailbox = mailbox;
        _isRemote = isRemote;
        View = view;
    }

    /// <summary>The messages: the snapshot and all changes read or made so far.</summary>
    public IndexView View { get; private set; }

    /// <summary>Whether the index is in this process's memory only, because it could not be written.</summary>
    public bool IsInMemory => _file is null;

    /// <summary>Where the last change in the file ends that counts.</summary>
    public long End => _end;

    /// <summary>Why it could not be written the last time; <see cref="Errno.None"/> when it could.</summary>
    public Errno WriteError { get; private set; }

    /// <summary>Whether it turned out to be damaged and must be made anew.</summary>
    public bool IsDamaged => View.IsDamaged;

    /// <summary>Whether another program has cut the file short, so that pictures made of it cannot be believed any more.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>Opens the index of a mailbox. No lock is needed.</summary>
    /// <param name="mailbox">The mailbox's directory; it stays open as long as the index.</param>
    /// <param name="isRemote">Whether the file system is another host's: then nothing is mapped.</param>
    /// <param name="whyNot">
    /// What is wrong with the one that is there, for the log, without its name; null when there is none.
    /// </param>
    /// <returns>Null when there is none that can be used.</returns>
    /// <exception cref="UnixException">
    /// Too many files are open, or there is no memory: of the index that says nothing, and it is not to be made anew.
    /// </exception>
    public static IndexFile? TryOpen(DirectoryHandle mailbox, bool isRemote, out string? whyNot)
    {
        whyNot = null;
        Errno error = mailbox.TryOpenFile(FileName, Libc.O_RDWR, out FileHandle? file);
        bool isWritable = error == Errno.None;
        if (error is Errno.EACCES or Errno.EPERM or Errno.EROFS)
        {
            error = mailbox.TryOpenFile(FileName, Libc.O_RDONLY, out file);
        }

        if (IsShortage(error))
        {
            throw new UnixException("openat", FileName, error);
        }

        if (error != Errno.None)
        {
            whyNot = error == Errno.ENOENT ? null : $"it cannot be opened ({error})";
            return null;
        }

        IndexFile? opened = null;
        try
        {
            opened = Read(mailbox, isRemote, file!, out whyNot);
        }
        catch (StoreException problem)
        {
            whyNot = problem.Message;
        }
        catch (UnixException problem) when (!IsShortage(problem.Errno))
        {
            whyNot = $"it cannot be read ({problem.Errno})";
        }

        finally
        {
            if (opened is null)
            {
                file!.Dispose();
            }
        }

        if (opened is not null)
        {
            opened._isWritable = isWritable;
        }

        return opened;
    }

    /// <summary>Writes an index in place of whatever is there. The caller holds the mailbox's lock.</summary>
    /// <returns>The index; in memory when it cannot be written (<see cref="WriteError"/>).</returns>
    /// <exception cref="StoreException"><see cref="StoreError.Corruption"/>: the content comes from an index that is damaged.</exception>
    public static IndexFile Create(DirectoryHandle mailbox, bool isRemote, IndexView content)
    {
        var index = new IndexFile(mailbox, isRemote, content);
        index.Compact(content);
        return index;
    }

    /// <summary>The same of messages that are in no view yet.</summary>
    public static IndexFile Create(DirectoryHandle mailbox, bool isRemote, ISnapshotRows rows)
    {
        var index = new IndexFile(mailbox, isRemote, IndexView.Empty(rows.Identity));
        if (!index.Compact(rows))
        {
            index.ToMemory(rows);
        }

        return index;
    }

    /// <summary>An index in this process's memory, for a mailbox that may only be read.</summary>
    public static IndexFile InMemory(DirectoryHandle mailbox, bool isRemote, IndexView content)
    {
        var index = new IndexFile(mailbox, isRemote, content) { _retryAt = long.MaxValue };
        index.StayInMemory(Errno.None);
        return index;
    }

    /// <summary>Reads the changes that were written since. No lock is needed.</summary>
    /// <param name="isReplaced">
    /// Whether the index is another file now, or none, or has other changes than those known here: it is to be opened again.
    /// </param>
    /// <returns>Whether <see cref="View"/> is another.</returns>
    public bool CatchUp(out bool isReplaced)
    {
        Errno error = StatByName(out FileStat stat);
        if (_file is null)
        {
            isReplaced = error == Errno.None && FileStamp.Of(stat) != _stampOfOther;
            return false;
        }

        isReplaced = error != Errno.None || stat.Inode != _inode || stat.Device != _device;
        if (!isReplaced && stat.Octets < _end)
        {
            // Nobody who knows the format does that: what was mapped of it reads as nothing now.
            IsCutShort = View.Snapshot.IsMapped;
            isReplaced = true;
        }

        if (isReplaced || stat.Octets == _end)
        {
            return false;
        }

        var changes = new IndexChanges(View);
        long end = JournalReader.Read(_file, _seed, _end, stat.Octets, changes, out IndexSummary? summary);
        if (summary is null)
        {
            return false;
        }

        IndexView view = View.Apply(changes);
        if (!view.Summary.CountsAs(summary.Value))
        {
            isReplaced = true;
            return false;
        }

        View = new IndexView(view.Snapshot, view.Overlay, summary.Value);
        _end = end;
        return true;
    }

    /// <summary>
    /// Writes changes down; <see cref="View"/> shows them afterwards, whether they could be written or not. The caller holds
    /// the mailbox's lock and has caught up.
    /// </summary>
    /// <remarks>
    /// Power fails after step
    ///   1: the journal ends where the last right frame ends;
    ///   2: perhaps a part of a frame, or a hole; it does not count, nor does what is behind it. The stamps in the frame
    ///      before are not those of the mailbox, so the next look finds the change in the mailbox itself.
    /// </remarks>
    /// <exception cref="StoreException">
    /// <see cref="StoreError.Corruption"/>: the index is damaged and must be made anew; it has not got the changes.
    /// </exception>
    public void Append(IndexChanges changes)
    {
        IndexView before = View;
        View = before.Apply(changes);
        if (_file is null)
        {
            CompactInMemoryOrRetry();
            return;
        }

        byte[]? frame = IsOverlayTooLarge(View) ? null : JournalFrame.Encode(_seed, View.Summary, changes.Entries);
        if (frame is null || _end - _journalAt + frame.Length > MaxJournal || !_isWritable)
        {
            Compact(View);
            return;
        }

        try
        {
            FileStat stat = _file.Stat();
            if (stat.Octets > _end)
            {
                _file.SetLength(_end); // 1
            }

            _file.Write(_end, frame); // 2
            _end += frame.Length;
            if (_isRemote)
            {
                // Another host sees what its server has.
                _file.Sync();
            }
        }
        catch (UnixException error)
        {
            StayInMemory(error.Errno);
        }
    }

    /// <inheritdoc />
    /// <remarks>Views of it can still be read: what they need stays until nobody has them any more.</remarks>
    public void Dispose() => CloseFile();

    private long MaxJournal => MinJournalOctets + Math.Min(_journalAt / 4, MaxJournalOctets);

    private static bool IsShortage(Errno error) => error is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM;

    /// <summary>More changes than this are not written down one by one: the index is written anew.</summary>
    public static int MostChanges(IndexView view) => MinOverlay + (view.Snapshot.Count / RowsPerOverlay);

    private static bool IsOverlayTooLarge(IndexView view) =>
        view.Overlay.Count + view.Overlay.Expunged.Length > MostChanges(view);

    private static IndexFile? Read(DirectoryHandle mailbox, bool isRemote, FileHandle file, out string? whyNot)
    {
        FileStat stat = file.Stat();
        if (stat.Kind != FileKind.Regular)
        {
            whyNot = "it is no file";
            return null;
        }

        Span<byte> head = stackalloc byte[IndexHeader.Octets];
        IndexHeader? header = IndexHeader.Read(head[..file.Read(0, head)], stat.Octets, out whyNot);
        if (header is null)
        {
            return null;
        }

        var snapshot = new IndexSnapshot(header, IndexBody.OfFile(file, header, isRemote));
        var index = new IndexFile(mailbox, isRemote, new IndexView(snapshot, IndexOverlay.Empty, header.Summary));
        index.Use(file, stat, header, Checksum.Of(head));
        index.ReadJournal(stat.Octets);
        return index;
    }

    private void ReadJournal(long fileOctets)
    {
        var changes = new IndexChanges(View);
        _end = JournalReader.Read(_file!, _seed, _end, fileOctets, changes, out IndexSummary? summary);
        if (summary is null)
        {
            return;
        }

        IndexView view = View.Apply(changes);
        if (!view.Summary.CountsAs(summary.Value))
        {
            throw new StoreException(StoreError.Corruption, "its journal does not fit its snapshot");
        }

        View = new IndexView(view.Snapshot, view.Overlay, summary.Value);
    }

    private void Use(FileHandle file, FileStat stat, IndexHeader header, uint seed)
    {
        _file = file;
        _inode = stat.Inode;
        _device = stat.Device;
        _seed = seed;
        _journalAt = header.SnapshotOctets;
        _end = _journalAt;
        _isWritable = true;
        WriteError = Errno.None;
    }

    /// <summary>Writes everything anew. The caller holds the mailbox's lock.</summary>
    /// <returns>False when it could not be written.</returns>
    /// <remarks>
    /// Power fails after step
    ///   1: a temporary file beside the index, removed the next time;
    ///   2: the old index or the new one. As nothing waits for the disk, the new one may have holes: its checksums say so,
    ///      and the next look makes it anew.
    /// </remarks>
    private bool Compact(ISnapshotRows rows)
    {
        FileHandle? file = null;
        try
        {
            _mailbox.TryUnlink(TemporaryName);
            file = _mailbox.OpenFile(TemporaryName, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL);
            IndexHeader header = SnapshotWriter.ToFile(rows, file); // 1
            if (_isRemote)
            {
                file.Sync();
            }

            Errno error = _mailbox.TryRename(TemporaryName, _mailbox, FileName); // 2
            if (error != Errno.None)
            {
                throw new UnixException("renameat2", FileName, error);
            }

            Span<byte> head = stackalloc byte[IndexHeader.Octets];
            header.Write(head);
            var snapshot = new IndexSnapshot(header, IndexBody.OfFile(file, header, _isRemote));
            CloseFile();
            Use(file, file.Stat(), header, Checksum.Of(head));
            View = new IndexView(snapshot, IndexOverlay.Empty, header.Summary);
            return true;
        }
        catch (UnixException error)
        {
            file?.Dispose();
            _mailbox.TryUnlink(TemporaryName);
            StayInMemory(error.Errno);
            return false;
        }
        catch (StoreException)
        {
            file?.Dispose();
            _mailbox.TryUnlink(TemporaryName);
            throw;
        }
    }

    private void CompactInMemoryOrRetry()
    {
        if (Environment.TickCount64 >= _retryAt)
        {
            Compact(View);
        }
        else if (IsOverlayTooLarge(View))
        {
            ToMemory(View);
        }
    }

    private void StayInMemory(Errno error)
    {
        CloseFile();
        WriteError = error;
        _stampOfOther = StatByName(out FileStat stat) == Errno.None ? FileStamp.Of(stat) : default;
        if (_retryAt != long.MaxValue)
        {
            _retryAt = Environment.TickCount64 + RetryMilliseconds;
        }

        if (IsOverlayTooLarge(View))
        {
            ToMemory(View);
        }
    }

    private void ToMemory(ISnapshotRows rows)
    {
        IndexSnapshot snapshot = SnapshotWriter.ToMemory(rows);
        View = new IndexView(snapshot, IndexOverlay.Empty, snapshot.Header.Summary);
    }

    private void CloseFile()
    {
        // It is closed when nobody has a view that reads from it any more.
        if (!View.Snapshot.NeedsFile)
        {
            _file?.Dispose();
        }

        _file = null;
    }

    // Where another host may have changed the file, only opening it asks the server.
    private Errno StatByName(out FileStat stat)
    {
        if (!_isRemote)
        {
            return _mailbox.TryStat(FileName, false, out stat);
        }

        stat = default;
        Errno error = _mailbox.TryOpenFile(FileName, Libc.O_RDONLY, out FileHandle? file);
        if (error == Errno.None)
        {
            using (file)
            {
                stat = file!.Stat();
            }
        }

        return error;
    }
}
