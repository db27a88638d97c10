namespace Imapd.Storage.Maildir.Index;

/// <summary>Hands out UIDs.</summary>
internal static class UidSupply
{
    /// <summary>The next UID. The largest number stays unused: UIDNEXT must be a number too.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Limit"/>: all are given.</exception>
    public static uint Take(ref uint nextUid) =>
        nextUid < uint.MaxValue
            ? nextUid++
            : throw new StoreException(StoreError.Limit, "The mailbox has no UIDs left; move its messages to a new one");
}
