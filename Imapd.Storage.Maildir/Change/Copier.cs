using System.Buffers;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Copies messages from one mailbox to another (RFC 9051 §6.4.7).</summary>
/// <remarks>
/// A copy is a second name of the same file: messages never change, and the file's mtime, which is the internal date, goes
/// with it. Where a second name cannot be had (another file system), the octets are copied to <c>tmp/</c> first.
/// </remarks>
/// <param name="from">The mailbox they are copied from.</param>
/// <param name="finder">Finds files in it.</param>
/// <param name="to">The mailbox they are copied to.</param>
internal sealed class Copier(MailboxLook from, MessageFinder finder, MailboxLook to) : IDisposable
{
    private const int BufferOctets = 64 * 1024;

    private readonly List<string> _temporary = [];

    /// <summary>Copies messages, all or none, passing over those that are gone unless they must be there. Durable on return.</summary>
    /// <remarks>
    /// Power fails before or in <see cref="Publication.Publish"/>: as it says; besides, files in <c>tmp/</c> that are swept
    /// after 36 hours. The originals are not touched.
    /// </remarks>
    public CopyResult Copy(IReadOnlyList<Uid> uids, bool mustBeThere) =>
        Copy(uids, mustBeThere, isStaged: false) ?? Copy(uids, mustBeThere, isStaged: true) ?? CopyResult.Nothing;

    /// <summary>
    /// Moves messages by copying and then removing them, where files cannot be renamed from one mailbox to the other.
    /// </summary>
    /// <remarks>
    /// The octets are copied without a lock; then, under both, those that are still there come in, and go here. Power fails
    /// after step
    ///   1: as <see cref="Publication.Publish"/> says, the originals not touched; at the end of it they are in both mailboxes;
    ///   2: as <see cref="Expunger.Remove"/> says: those that are not gone yet are in both.
    /// </remarks>
    /// <param name="uids">Which.</param>
    /// <param name="sizes">What is to be written to the index besides.</param>
    public CopyResult Move(IReadOnlyList<Uid> uids, LearntFacts sizes)
    {
        (List<Uid> staged, List<Arrival> arrivals) = Prepare(uids, isStaged: true);
        using LockedPair pair = LockedPair.Lock(from, to);
        sizes.Tell(pair.From.Changes);
        var moving = new List<Uid>(staged.Count);
        var coming = new List<Arrival>(staged.Count);
        for (int i = 0; i < staged.Count; i++)
        {
            if (pair.From.View.IndexOf(staged[i].Value) >= 0)
            {
                moving.Add(staged[i]);
                coming.Add(arrivals[i].WithFlagsOf(from, staged[i].Value));
            }
            else
            {
                to.Files.Tmp.TryUnlink(arrivals[i].BaseName);
            }
        }

        CopyResult moved = moving.Count == 0 ? CopyResult.Nothing : Publish(pair.To, moving, coming); // 1
        Expunger.Remove(pair.From, moved.From, mustBeDeleted: false); // 2
        pair.From.Commit();
        UidListTrim.TrimIfDue(pair.From);
        return moved;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (string name in _temporary)
        {
            to.Files.Tmp.TryUnlink(name);
        }
    }

    // Null when a message that is not staged was renamed or removed before the mailbox was locked: to look for it there
    // would take the other mailbox's lock, and two sessions that copy both ways would wait for each other. Null, too, when it
    // cannot have a second name: its octets are not copied under the lock.
    private CopyResult? Copy(IReadOnlyList<Uid> uids, bool mustBeThere, bool isStaged)
    {
        (List<Uid> copied, List<Arrival> arrivals) = Prepare(uids, isStaged);
        if (mustBeThere && copied.Count < uids.Count)
        {
            throw new StoreException(StoreError.ExpungeIssued, "Some of the messages are gone");
        }

        if (copied.Count == 0)
        {
            return CopyResult.Nothing;
        }

        using LockedMailbox mailbox = to.Lock();
        try
        {
            return Publish(mailbox, copied, arrivals);
        }
        catch (StoreException error) when (error.Error == StoreError.ExpungeIssued && !isStaged)
        {
            return null;
        }
        catch (UnixException error) when (HasNoLinks(error.Errno) && !isStaged)
        {
            return null;
        }
    }

    private (List<Uid> Uids, List<Arrival> Arrivals) Prepare(IReadOnlyList<Uid> uids, bool isStaged)
    {
        var copied = new List<Uid>(uids.Count);
        var arrivals = new List<Arrival>(uids.Count);
        string staged = string.Empty;
        Func<DirectoryHandle, string, Errno> stage = (source, name) => LinkOrCopy(source, name, to.Files.Tmp, staged);
        foreach (Uid uid in uids)
        {
            IndexView view = from.View;
            int place = view.IndexOf(uid.Value);
            if (place < 0)
            {
                continue;
            }

            if (!isStaged)
            {
                copied.Add(uid);
                arrivals.Add(Arrival.Of(from, place, to.Files.Tree, (part, name) => Place(uid.Value, part, name)));
                continue;
            }

            Arrival arrival = Arrival.Staging(from, place, to.Files);

            // A second name for each now: nobody can take the messages away any more.
            staged = arrival.BaseName;
            Errno error = finder.Try(uid.Value, stage);
            if (error == Errno.None)
            {
                _temporary.Add(staged);
                copied.Add(uid);

                // It had to be looked for: what renamed it has set flags most probably.
                arrivals.Add(ReferenceEquals(view, from.View) ? arrival : arrival.WithFlagsOf(from, uid.Value));
            }
            else if (error != Errno.ENOENT)
            {
                // It may well be there: leaving it out would be a copy of less than was asked for.
                throw new UnixException("link", "message", error);
            }
        }

        return (copied, arrivals);
    }

    private CopyResult Publish(LockedMailbox mailbox, List<Uid> copied, List<Arrival> arrivals)
    {
        var publication = new Publication(mailbox);
        try
        {
            AppendResult result = publication.Publish(arrivals, mustKeepKeywords: false);
            _temporary.Clear();
            return new CopyResult(result.UidValidity, copied, result.Uids);
        }
        catch when (publication.IsBeyondRecall)
        {
            _temporary.Clear();
            throw;
        }
    }

    private Errno Place(uint uid, DirectoryHandle part, string newName) =>
        finder.TryOnce(uid, (source, name) => source.TryLink(name, part, newName));

    private static bool HasNoLinks(Errno error) => error is Errno.EXDEV or Errno.EMLINK or Errno.EPERM or Errno.EOPNOTSUPP;

    private Errno LinkOrCopy(DirectoryHandle source, string name, DirectoryHandle part, string newName)
    {
        Errno error = source.TryLink(name, part, newName);
        return HasNoLinks(error) ? CopyOctets(source, name, part, newName) : error;
    }

    private Errno CopyOctets(DirectoryHandle directory, string name, DirectoryHandle part, string newName)
    {
        Errno error = directory.TryOpenFile(name, Libc.O_RDONLY, out FileHandle? source);
        if (error != Errno.None)
        {
            return error;
        }

        using (source)
        {
            string temporary = to.Files.Tree.Names.Next();
            using FileHandle copy = to.Files.Tmp.OpenFile(temporary, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL);
            _temporary.Add(temporary);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferOctets);
            try
            {
                int read;
                for (long offset = 0; (read = source!.Read(offset, buffer.AsSpan(0, BufferOctets))) > 0; offset += read)
                {
                    copy.Write(offset, buffer.AsSpan(0, read));
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }

            copy.SetModified(DateTime.UnixEpoch.AddTicks(source!.Stat().ModifiedNanoseconds / 100));
            copy.Sync();
            return to.Files.Tmp.TryRenameNew(temporary, part, newName);
        }
    }
}
