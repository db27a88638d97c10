using System.Buffers;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Copies messages from one mailbox to another (RFC 9051 §6.4.7).</summary>
/// <remarks>
/// A copy is a second name of the same file: messages never change, and the file's mtime, which is the internal date, goes
/// with it. Where a second name cannot be had (another file system), the octets are copied to <c>tmp/</c> first.
/// </remarks>
/// <param name="finder">Finds files in the mailbox they are copied from.</param>
/// <param name="to">The mailbox they are copied to.</param>
internal sealed class Copier(MessageFinder finder, MailboxFiles to) : IDisposable
{
    private const int BufferOctets = 64 * 1024;

    private readonly List<string> _temporary = [];

    /// <summary>Copies messages, all or none, passing over those that are gone. Durable on return.</summary>
    /// <remarks>
    /// Power fails before or in <see cref="Publication.Publish"/>: as it says; besides, files in <c>tmp/</c> that are swept
    /// after 36 hours. The originals are not touched.
    /// </remarks>
    public CopyResult Copy(MailboxState state, IReadOnlyList<Uid> uids)
    {
        var from = new List<Uid>(uids.Count);
        var arrivals = new List<Arrival>(uids.Count);
        foreach (Uid uid in uids)
        {
            int index = state.IndexOf(uid);
            Errno error = index < 0 ? Errno.ENOENT : finder.Try(state, index, static (part, name) => part.TryStat(name, false, out _));
            if (error == Errno.None)
            {
                from.Add(uid);
                arrivals.Add(ArrivalOf(state, index));
            }
            else if (error != Errno.ENOENT)
            {
                // It may well be there: leaving it out would be a copy of less than was asked for.
                throw new UnixException("statx", "message", error);
            }
        }

        if (from.Count == 0)
        {
            return new CopyResult(default, [], []);
        }

        AppendResult result = Publication.Publish(to, arrivals, mustKeepKeywords: false);
        return new CopyResult(result.UidValidity, from, result.Uids);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (string name in _temporary)
        {
            to.Tmp.TryUnlink(name);
        }
    }

    private Arrival ArrivalOf(MailboxState state, int index)
    {
        string name = state.Files.Names[index];
        (long raw, long wire) = MessageName.Sizes(name);
        string baseName = to.Tree.Names.Next() + (raw >= 0 ? $",S={raw}" : "") + (wire >= 0 ? $",W={wire}" : "");
        uint places = state.Table.PlacesOf(MessageName.KeywordLetters(name));
        string[] keywords = [.. state.Keywords.Where((_, place) => (places & (1u << place)) != 0)];
        return new Arrival(baseName, MessageName.Flags(name), keywords, (part, newName) => Place(state, index, part, newName));
    }

    private Errno Place(MailboxState state, int index, DirectoryHandle part, string newName)
    {
        Errno error = finder.Try(state, index, (from, name) => from.TryLink(name, part, newName));
        return error is Errno.EXDEV or Errno.EMLINK or Errno.EPERM or Errno.EOPNOTSUPP
            ? finder.Try(state, index, (from, name) => CopyOctets(from, name, part, newName))
            : error;
    }

    private Errno CopyOctets(DirectoryHandle from, string name, DirectoryHandle part, string newName)
    {
        Errno error = from.TryOpenFile(name, Libc.O_RDONLY, out FileHandle? source);
        if (error != Errno.None)
        {
            return error;
        }

        using (source)
        {
            string temporary = to.Tree.Names.Next();
            using FileHandle copy = to.Tmp.OpenFile(temporary, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL);
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
            return to.Tmp.TryRenameNew(temporary, part, newName);
        }
    }
}
