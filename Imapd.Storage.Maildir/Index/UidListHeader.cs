using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir.Index;

/// <summary>Finds out with the index whether numbers in the first line of a UID list are damaged, and puts them right.</summary>
/// <remarks>A UIDVALIDITY never goes back (RFC 9051 §2.3.1.1), and one wrong digit is not to cost the clients all they know.</remarks>
internal static class UidListHeader
{
    // Nobody gives so many UIDs between two looks, and half of all there are is left below.
    private const uint MostAhead = 1u << 31;

    /// <summary>Whether the first line may be damaged; <see cref="Mend"/> finds out. Needs no lines.</summary>
    /// <param name="list">The list.</param>
    /// <param name="index">The index; null when there is none.</param>
    public static bool IsDoubtful(UidList list, IndexView? index) =>
        list.NextUid > MostAhead || (index is not null && IsValidityDoubtful(list, index.Identity));

    /// <summary>Puts right what is damaged; the list is to be written anew then.</summary>
    /// <param name="list">The list, with its lines.</param>
    /// <param name="index">The index; null when there is none.</param>
    /// <returns>Whether the index is this mailbox's.</returns>
    public static bool Mend(UidList list, IndexView? index)
    {
        if (index is not null && IsValidityDamaged(list, index))
        {
            list.Correct(index.Identity.UidValidity, index.Identity.MailboxId, list.NextUid);
        }

        bool isOwn = index is not null && list.UidValidity == index.Identity.UidValidity
            && (list.MailboxId ?? string.Empty) == index.Identity.MailboxId;
        if (IsNextUidDamaged(list, isOwn ? index : null, out uint known))
        {
            list.Correct(list.UidValidity, list.MailboxId, UidList.AfterDamage(known));
        }

        return isOwn;
    }

    /// <summary>
    /// Whether the UIDVALIDITY is wrong: identity or order speaks against another mailbox, and no UID names another message.
    /// </summary>
    public static bool IsValidityDamaged(UidList list, IndexView index) =>
        IsValidityDoubtful(list, index.Identity) && Agree(list, index, mustShare: list.MailboxId != index.Identity.MailboxId);

    /// <summary>Whether the next UID is out of all proportion to those that are known.</summary>
    /// <param name="list">The list.</param>
    /// <param name="index">The mailbox's index; null when there is none.</param>
    /// <param name="known">The next UID by lines and index.</param>
    public static bool IsNextUidDamaged(UidList list, IndexView? index, out uint known)
    {
        known = Math.Max(list.Lines.Count > 0 ? list.Lines[^1].Uid + 1 : 0, index?.Summary.NextUid ?? 0);
        return known > 0 && list.NextUid > known && list.NextUid - known > MostAhead;
    }

    // A list made anew has another identity and a larger UIDVALIDITY: that is another mailbox.
    private static bool IsValidityDoubtful(UidList list, MailboxIdentity index) =>
        list.MailboxId is { } id && list.UidValidity != index.UidValidity
        && (id == index.MailboxId || list.UidValidity < index.UidValidity);

    private static bool Agree(UidList list, IndexView index, bool mustShare)
    {
        int shared = 0;
        int at = 0;
        foreach (UidLine line in list.Lines)
        {
            while (at < index.Count && index.UidAt(at) < line.Uid)
            {
                at++;
            }

            if (at < index.Count && index.UidAt(at) == line.Uid)
            {
                shared++;
                if (!BaseNameComparer.Instance.Equals(index.NameAt(at), line.Name))
                {
                    return false;
                }
            }
        }

        return shared > 0 || !mustShare;
    }
}
