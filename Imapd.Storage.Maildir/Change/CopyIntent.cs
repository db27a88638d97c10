using System.Buffers;
using System.Globalization;
using System.Text;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Change;

/// <summary>
/// What makes several messages come in together: a file that says which files in <c>tmp/</c> are to get which names. Once it
/// is on the disk they come in, whatever happens; before, none does. Or it says which names links are about to get: they come
/// in once one of them has its line in the UID list; before, they go to <c>tmp/</c>.
/// </summary>
/// <remarks>
/// <c>imapd.intent</c>: a line with a version and the checksum of the rest, then a line for each message: <c>n</c> or
/// <c>c</c> for the directory, in capitals for a link, its name in <c>tmp/</c> and its name there, a tab between. It names no
/// UIDs: whoever completes it looks at the mailbox afterwards, and messages without UIDs get them in the order of their names.
/// One that is found after its time does nothing: of messages in <c>tmp/</c> there are none any more, and links have had their
/// lines in the UID list, durably, before anybody was told of them; where there is no list to be read, they stay.
/// </remarks>
internal static class CopyIntent
{
    /// <summary>The file's name in a mailbox's directory.</summary>
    public const string FileName = "imapd.intent";

    private const string Version = "imapd-intent 1 ";

    /// <summary>The first line: version, checksum, line end.</summary>
    private const int HeadOctets = 24;

    /// <summary>Some 40 million messages; a larger one is not written.</summary>
    private const long MaxOctets = 4L << 30;

    // Many times as long as a line; a file of any length takes no more memory than this.
    private const int BlockOctets = 64 << 10;

    /// <summary>Whether a session has ended in the middle of adding messages. What is no file is nobody's intent.</summary>
    public static bool IsThere(DirectoryHandle mailbox) =>
        mailbox.TryStat(FileName, false, out FileStat stat) == Errno.None && stat.Kind == FileKind.Regular;

    /// <summary>Why an intent that is there cannot be read; <see cref="Errno.None"/> when it can.</summary>
    public static Errno WhyUnreadable(DirectoryHandle mailbox)
    {
        Errno error = mailbox.TryOpenFile(FileName, Libc.O_RDONLY, out FileHandle? file);
        file?.Dispose();
        return error;
    }

    /// <summary>Says what is to come in. The caller holds the mailbox's lock. Durable on return.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Limit"/>: there are too many, and nothing was written.</exception>
    /// <param name="mailbox">The mailbox's directory.</param>
    /// <param name="messages">
    /// Names in <c>tmp/</c>, which are durable, and what they are to become; or names there may be, and of links.
    /// </param>
    /// <param name="areLinks">Which of the two.</param>
    public static void Write(DirectoryHandle mailbox, IReadOnlyCollection<StagedMessage> messages, bool areLinks = false)
    {
        if (messages.Sum(static message => (long)LineOctets(message)) > MaxOctets - HeadOctets)
        {
            throw new StoreException(StoreError.Limit, "These are too many messages for one command");
        }

        SmallFile.Replace(mailbox, FileName, file =>
        {
            byte[] block = ArrayPool<byte>.Shared.Rent(BlockOctets);
            long offset = HeadOctets;
            uint checksum = 0;
            int filled = 0;
            foreach (StagedMessage message in messages)
            {
                if (filled + LineOctets(message) > block.Length)
                {
                    Flush();
                }

                Put((areLinks, message.IsInNew) switch
                {
                    (false, true) => "n\t",
                    (false, false) => "c\t",
                    (true, true) => "N\t",
                    (true, false) => "C\t",
                });
                Put(message.Staged);
                Put("\t");
                Put(message.Name);
                Put("\n");
            }

            Flush();
            file.Write(0, Encoding.ASCII.GetBytes(Head(checksum)));
            ArrayPool<byte>.Shared.Return(block);

            void Put(string text) => filled += Encoding.Latin1.GetBytes(text, block.AsSpan(filled));

            void Flush()
            {
                file.Write(offset, block.AsSpan(0, filled));
                checksum = Checksum.Of(checksum, block.AsSpan(0, filled));
                offset += filled;
                filled = 0;
            }
        });
    }

    /// <summary>
    /// It is done, or was taken back. The caller holds the mailbox's lock. Not waited for on the disk: an intent that comes
    /// back finds nothing to do.
    /// </summary>
    public static void Remove(DirectoryHandle mailbox) => mailbox.TryUnlink(FileName);

    /// <summary>Completes what a session that ended has begun, or takes it back. The caller holds the mailbox's lock.</summary>
    /// <remarks>
    /// Power fails after step
    ///   1: some more of the messages are in their places, or of the links in <c>tmp/</c>; the intent is still there and is
    ///      completed the next time;
    ///   2: all of them are there for certain;
    ///   3: done, or as 2.
    /// What cannot be done now, because the disk is full, is left for the next time; links are kept apart until then. Of one
    /// that may not be read nobody knows which they are: it stays, what is in the directories is served, and the log has a line.
    /// </remarks>
    /// <exception cref="UnixException">It cannot be opened for want of room in the system.</exception>
    /// <returns>The names of links that have to go and could not: none of them is to get a UID. Null when there are none.</returns>
    public static IReadOnlySet<string>? Complete(MailboxFiles files)
    {
        if (!IsThere(files.Directory))
        {
            return null;
        }

        HashSet<string>? apart = null;
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockOctets);
        try
        {
            using (FileHandle file = files.Directory.OpenFile(FileName, Libc.O_RDONLY))
            {
                if (IsWhole(file, block))
                {
                    LinkNames links = new(files);
                    Each(file, block, (message, isLink) => isLink ? links.Look(message) : message.TryPlace(files)); // 1
                    if (links.AreToGo)
                    {
                        HashSet<string> names = new(BaseNameComparer.Instance);
                        Each(file, block, (message, isLink) => NoteLink(names, message, isLink));
                        apart = names;
                        Each(file, block, (message, isLink) => isLink ? message.TryTakeBack(files) : Errno.None);
                    }
                }
            }

            files.New.Sync(); // 2
            files.Cur.Sync();
            Remove(files.Directory); // 3
            return null;
        }
        catch (UnixException error) when (error.Errno is not (Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM))
        {
            files.Tree.LogOnce($"{files.Path}: messages that were being added cannot be completed yet ({error.Errno})");
            return apart;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static Errno NoteLink(HashSet<string> names, StagedMessage message, bool isLink)
    {
        if (isLink)
        {
            names.Add(message.Name);
        }

        return Errno.None;
    }

    // One that is not whole was never on the disk for certain: nothing was renamed for it.
    private static bool IsWhole(FileHandle file, Span<byte> block)
    {
        FileStat stat = file.Stat();
        Span<byte> head = stackalloc byte[HeadOctets];
        if (stat.Kind != FileKind.Regular || stat.Octets > MaxOctets || file.Read(0, head) < HeadOctets)
        {
            return false;
        }

        uint checksum = 0;
        int read;
        for (long offset = HeadOctets; (read = file.Read(offset, block)) > 0; offset += read)
        {
            checksum = Checksum.Of(checksum, block[..read]);
        }

        return head.SequenceEqual(Encoding.ASCII.GetBytes(Head(checksum)));
    }

    private static void Each(FileHandle file, Span<byte> block, Func<StagedMessage, bool, Errno> settle)
    {
        for (long offset = HeadOctets; ;)
        {
            ReadOnlySpan<byte> lines = block[..file.Read(offset, block)];
            lines = lines[..(lines.LastIndexOf((byte)'\n') + 1)];
            if (lines.IsEmpty)
            {
                return;
            }

            offset += lines.Length;
            for (int end; (end = lines.IndexOf((byte)'\n')) >= 0; lines = lines[(end + 1)..])
            {
                Errno error = Parse(Encoding.Latin1.GetString(lines[..end]), out bool isLink) is { } message
                    ? settle(message, isLink)
                    : Errno.None;
                if (error != Errno.None)
                {
                    throw new UnixException("renameat2", FileName, error);
                }
            }
        }
    }

    private static StagedMessage? Parse(string line, out bool isLink)
    {
        isLink = line is ['N' or 'C', ..];
        return line.Split('\t') is ["n" or "c" or "N" or "C", var staged, var name] && IsName(staged) && IsName(name)
            ? new StagedMessage(line[0] is 'n' or 'N', staged, name)
            : null;
    }

    private static int LineOctets(StagedMessage message) => message.Staged.Length + message.Name.Length + 4;

    /// <summary>Finds out whether the UID list has the line of a link. It is read when there is a link.</summary>
    private sealed class LinkNames(MailboxFiles files)
    {
        private HashSet<string>? _listed;
        private bool _isListed;

        /// <summary>Whether there are links, and a list that has none of them.</summary>
        public bool AreToGo => _listed is not null && !_isListed;

        public Errno Look(StagedMessage link)
        {
            if (_listed is null && !_isListed)
            {
                UidList? list = UidListFile.Read(files.Directory);
                _isListed = list is null or { IsDamaged: true };
                _listed = new(BaseNameComparer.Instance);
                foreach (UidLine line in list?.Lines ?? [])
                {
                    _listed.Add(line.Name);
                }
            }

            _isListed |= _listed!.Contains(link.Name);
            return Errno.None;
        }
    }

    private static bool IsName(string name) => MessageName.IsPossible(name) && !name.Contains('/', StringComparison.Ordinal);

    private static string Head(uint checksum) => string.Create(CultureInfo.InvariantCulture, $"{Version}{checksum:x8}\n");
}
