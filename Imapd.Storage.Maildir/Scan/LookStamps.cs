using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>By what it is seen that a mailbox has changed.</summary>
/// <param name="New"><c>new/</c>.</param>
/// <param name="Cur"><c>cur/</c>.</param>
/// <param name="UidList">The UID list.</param>
/// <param name="Keywords">The keyword table.</param>
internal readonly record struct LookStamps(FileStamp New, FileStamp Cur, FileStamp UidList, FileStamp Keywords)
{
    /// <summary>
    /// How fresh a directory's time may not be to be relied on: a second change in the same tick of the kernel's clock
    /// would not show. The tick is 1 to 10 ms.
    /// </summary>
    private const long LocalTickNanoseconds = 50_000_000;

    /// <summary>The same where the clock is another host's: whole seconds on old servers, and some skew.</summary>
    private const long RemoteTickNanoseconds = 3_000_000_000;

    /// <summary>The stamps now.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.NonExistent"/> when the mailbox was removed.</exception>
    public static LookStamps Of(MailboxFiles files)
    {
        Native.FileStat arrived = files.New.Stat();
        Native.FileStat seen = files.Cur.Stat();
        if (arrived.LinkCount == 0 || seen.LinkCount == 0)
        {
            throw new StoreException(StoreError.NonExistent, "The mailbox was deleted");
        }

        return new LookStamps(
            FileStamp.Of(arrived),
            FileStamp.Of(seen),
            FileStamp.Of(files.Directory, UidListFile.FileName),
            FileStamp.Of(files.Directory, KeywordTable.FileName));
    }

    /// <summary>
    /// These stamps without those that a change right after them might leave as they are: what is left out equals nothing,
    /// so the next look reads it again.
    /// </summary>
    /// <param name="isRemote">Whether times are another host's.</param>
    public LookStamps Settled(bool isRemote)
    {
        long now = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100;
        long since = now - (isRemote ? RemoteTickNanoseconds : LocalTickNanoseconds);
        return new LookStamps(Settled(New, since), Settled(Cur, since), Settled(UidList, since), Settled(Keywords, since));
    }

    /// <summary>Whether the UID list may be another than when the earlier stamps were taken.</summary>
    public bool MayDifferInUidList(LookStamps earlier) => MayDiffer(UidList, earlier.UidList);

    /// <summary>Whether the keyword table may be another than when the earlier stamps were taken.</summary>
    public bool MayDifferInKeywords(LookStamps earlier) => MayDiffer(Keywords, earlier.Keywords);

    // Inode 1 is no file's: a file that is not there has 0, and staying away is nothing to read again.
    private static FileStamp Unsettled { get; } = new(1, 0, 0, 0);

    private static FileStamp Settled(FileStamp stamp, long since) =>
        stamp.ChangedNanoseconds > since ? Unsettled : stamp;

    // Two that were left out say nothing of each other.
    private static bool MayDiffer(FileStamp now, FileStamp earlier) => now != earlier || now == Unsettled;
}
