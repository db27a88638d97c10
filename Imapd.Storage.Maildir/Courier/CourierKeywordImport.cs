using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Courier;

/// <summary>Takes over the keywords that Courier has given messages: into their names, and their letters into the table.</summary>
internal static class CourierKeywordImport
{
    /// <summary>
    /// Takes them over when Courier has changed something since the last time. Keywords for which no letter is left are not
    /// taken over, the rarest first.
    /// </summary>
    /// <remarks>
    /// Power fails after step
    ///   1: letters for keywords that no message has;
    ///   2: some messages have their keywords;
    ///   3: all have them for certain;
    ///   4: done. Before, the next session does it again, with the same result.
    /// The first time, keywords in the names stay: they are from before Courier. Later, Courier was told of each change, so
    /// that it knows best.
    /// </remarks>
    /// <param name="files">The mailbox.</param>
    /// <param name="isReadOnly">Whether a mailbox in which nothing can be changed is no error.</param>
    public static void Run(MailboxFiles files, bool isReadOnly)
    {
        using DirectoryHandle? keywords = CourierKeywords.Open(files.Directory);
        if (keywords is null || CourierKeywords.IsKnown(keywords))
        {
            return;
        }

        try
        {
            using MailboxLock held = files.Lock();
            Run(files, keywords);
        }
        catch (UnixException error) when (isReadOnly && error.Errno is Errno.EACCES or Errno.EPERM or Errno.EROFS)
        {
            // The keywords stay where they are.
        }
    }

    private static void Run(MailboxFiles files, DirectoryHandle keywords)
    {
        long time = keywords.Stat().ModifiedNanoseconds;
        Dictionary<string, string[]> byMessage = CourierKeywords.Read(keywords);
        FoundMessages found = FoundMessages.In(files);
        KeywordTable table = TableWith(files, byMessage, found); // 1
        bool isTold = UidListFile.ReadHeader(files.Directory) is { } list
            && CourierUidFile.Read(files.Directory)?.UidValidity == list.UidValidity;
        for (int place = 0; place < found.Names.Count; place++)
        {
            string name = found.Names[place];
            uint before = MessageName.KeywordLetters(name);
            uint kept = isTold ? before & ~table.NamedLetters : before;
            uint letters = kept | (byMessage.TryGetValue(MessageName.Base(name).ToString(), out string[]? words) ? table.LettersOf(words) : 0);
            if (letters != before)
            {
                Errno error = files.Part(found.IsInNew[place]).TryRenameNew(
                    name, files.Cur, MessageName.WithFlags(name, MessageName.Flags(name), letters)); // 2
                if (error is not (Errno.None or Errno.ENOENT or Errno.EEXIST or Errno.ENAMETOOLONG))
                {
                    throw new UnixException("renameat2", name, error);
                }
            }
        }

        files.Cur.Sync(); // 3
        if (keywords.Stat().ModifiedNanoseconds == time)
        {
            CourierKeywords.MarkKnown(keywords); // 4
        }
    }

    private static KeywordTable TableWith(MailboxFiles files, Dictionary<string, string[]> byMessage, FoundMessages found)
    {
        KeywordTable table = KeywordTable.Read(files.Directory);
        IEnumerable<string> words = byMessage.Where(one => found.PlaceOf(one.Key) >= 0)
            .SelectMany(static one => one.Value)
            .Where(static word => KeywordTable.IsKeyword(word))
            .GroupBy(static word => word, StringComparer.OrdinalIgnoreCase)
            .OrderByDescending(static same => same.Count()).ThenBy(static same => same.Key, StringComparer.Ordinal)
            .Select(static same => same.Key);
        KeywordTable next = table.With(
            words, () => found.Names.Aggregate(0u, static (letters, name) => letters | MessageName.KeywordLetters(name)));
        if (next != table)
        {
            using DotLock dotLock = DotLock.Take(files.Directory, files.Options);
            next.Write(files.Directory);
        }

        return next;
    }
}
