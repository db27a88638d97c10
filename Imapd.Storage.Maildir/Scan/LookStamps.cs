using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>By what it is seen that a mailbox has changed.</summary>
/// <remarks>A stamp is written down only when no later change can leave it as it is; otherwise it is the default, which
/// confirms nothing, and the next look reads again.</remarks>
/// <param name="New"><c>new/</c>.</param>
/// <param name="Cur"><c>cur/</c>.</param>
/// <param name="UidList">The UID list.</param>
/// <param name="Keywords">The keyword table.</param>
internal readonly record struct LookStamps(FileStamp New, FileStamp Cur, FileStamp UidList, FileStamp Keywords)
{
    /// <summary>
    /// How fresh a time may not be to be relied on: a second change in the same tick of the kernel's clock would not show.
    /// The tick is 1 to 10 ms.
    /// </summary>
    private const long LocalTickNanoseconds = 50_000_000;

    /// <summary>The same where the clock is another host's: whole seconds on old servers, and some skew.</summary>
    private const long RemoteTickNanoseconds = 3_000_000_000;

    /// <summary>Whether none of those that an index depends on is the default.</summary>
    public bool AreKnown => New.IsKnown && Cur.IsKnown && UidList.IsKnown;

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
    /// Whether directories and UID list are known and the same: no message has come, gone or changed between the two. Of the
    /// keyword table nothing in an index depends.
    /// </summary>
    public bool Confirm(LookStamps other) => ConfirmDirectories(other) && UidList.Confirms(other.UidList);

    /// <summary>The same of the directories alone.</summary>
    public bool ConfirmDirectories(LookStamps other) => New.Confirms(other.New) && Cur.Confirms(other.Cur);

    /// <summary>These stamps without those that a change right after them might leave as they are.</summary>
    /// <param name="trusted">Stamps that were written down before: what has not changed since is as good as it was then.</param>
    /// <param name="isRemote">Whether times are another host's.</param>
    public LookStamps Settled(LookStamps trusted, bool isRemote)
    {
        long now = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100;
        long since = now - (isRemote ? RemoteTickNanoseconds : LocalTickNanoseconds);
        return new LookStamps(
            Settled(New, trusted.New, since),
            Settled(Cur, trusted.Cur, since),
            Settled(UidList, trusted.UidList, since),
            Settled(Keywords, trusted.Keywords, since));
    }

    private static FileStamp Settled(FileStamp stamp, FileStamp trusted, long since) =>
        stamp.ChangedNanoseconds <= since || stamp.Confirms(trusted) ? stamp : default;
}
