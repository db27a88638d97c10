using System.Buffers;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
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

    /// <summary>Copies messages, all or none, passing over those that are gone. Durable on return.</summary>
    /// <remarks>
    /// Power fails before or in <see cref="Publication.Publish"/>: as it says; besides, files in <c>tmp/</c> that are swept
    /// after 36 hours. The originals are not touched.
    /// </remarks>
    public CopyResult Copy(IReadOnlyList<Uid> uids) => Copy(uids, isStaged: uids.Count > 1) ?? Copy(uids, isStaged: true) ?? Nothing;

    // Null when a message that is not staged was renamed or removed before the mailbox was locked: to look for it there
    // would take the other mailbox's lock, and two sessions that copy both ways would wait for each other.
    private CopyResult? Copy(IReadOnlyList<Uid> uids, bool isStaged)
    {
        var copied = new List<Uid>(uids.Count);
        var arrivals = new List<Arrival>(uids.Count);
        foreach (Uid uid in uids)
        {
            FileStat stat = default;
            Errno error = finder.Try(uid.Value, (part, name) => part.TryStat(name, false, out stat));
            Arrival? arrival = error == Errno.None ? ArrivalOf(uid.Value, stat) : null;
            if (arrival is not null && isStaged)
            {
                // A second name for each now: nobody can take the messages away any more.
                error = finder.Try(uid.Value, (source, name) => LinkOrCopy(source, name, to.Files.Tmp, arrival.BaseName));
                arrival = arrival with { Staged = arrival.BaseName, Place = (part, name) => to.Files.Tmp.TryRenameNew(arrival.BaseName, part, name) };
                _temporary.Add(arrival.BaseName);
            }

            if (error == Errno.None)
            {
                copied.Add(uid);
                arrivals.Add(arrival!);
            }
            else if (error != Errno.ENOENT)
            {
                // It may well be there: leaving it out would be a copy of less than was asked for.
                throw new UnixException("link", "message", error);
            }
        }

        return copied.Count == 0 ? Nothing : Publish(copied, arrivals, isStaged);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (string name in _temporary)
        {
            to.Files.Tmp.TryUnlink(name);
        }
    }

    private static CopyResult Nothing => new(default, [], []);

    private CopyResult? Publish(List<Uid> copied, List<Arrival> arrivals, bool isStaged)
    {
        using LockedMailbox mailbox = to.Lock();
        var publication = new Publication(mailbox);
        try
        {
            AppendResult result = publication.Publish(arrivals, mustKeepKeywords: false);
            _temporary.Clear();
            return new CopyResult(result.UidValidity, copied, result.Uids);
        }
        catch (StoreException error) when (error.Error == StoreError.ExpungeIssued && !isStaged)
        {
            return null;
        }
        catch when (publication.IsBeyondRecall)
        {
            _temporary.Clear();
            throw;
        }
    }

    private Arrival ArrivalOf(uint uid, FileStat stat)
    {
        int place = from.View.IndexOf(uid);
        IndexRecord record = from.View.RecordAt(place);
        (long raw, long wire) = MessageName.Sizes(from.View.NameAt(place));
        string baseName = to.Files.Tree.Names.Next() + (raw >= 0 ? $",S={raw}" : "") + (wire >= 0 ? $",W={wire}" : "");
        uint places = from.Keywords.PlacesOf(record.Letters);
        string[] keywords = places == 0 ? [] : [.. from.Keywords.Names.Where((_, at) => (places & (1u << at)) != 0)];
        return new Arrival(baseName, record.Flags, keywords, (part, newName) => Place(uid, part, newName))
        {
            InternalDateSeconds = record.InternalDateSeconds != IndexRecord.UnknownDate
                ? record.InternalDateSeconds
                : stat.ModifiedSeconds,
            RawOctets = record.RawOctets,
            WireOctets = record.WireOctets,
        };
    }

    private Errno Place(uint uid, DirectoryHandle part, string newName) =>
        finder.TryOnce(uid, (source, name) => LinkOrCopy(source, name, part, newName));

    private Errno LinkOrCopy(DirectoryHandle source, string name, DirectoryHandle part, string newName)
    {
        Errno error = source.TryLink(name, part, newName);
        return error is Errno.EXDEV or Errno.EMLINK or Errno.EPERM or Errno.EOPNOTSUPP
            ? CopyOctets(source, name, part, newName)
            : error;
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
