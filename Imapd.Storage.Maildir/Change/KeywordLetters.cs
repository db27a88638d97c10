using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Scan;
using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Change;

/// <summary>Gives keywords letters in <c>dovecot-keywords</c>.</summary>
internal static class KeywordLetters
{
    /// <summary>The mailbox's keyword table, with letters for keywords that have none yet, as far as there are letters.</summary>
    /// <remarks>
    /// The table is read once more under the dotlock: Dovecot may be giving the same letter just now. Power fails: perhaps a
    /// letter for a keyword that no message has.
    /// </remarks>
    /// <param name="mailbox">The mailbox.</param>
    /// <param name="keywords">Names, compared without regard to ASCII case.</param>
    /// <param name="held">The dotlock, if it is held already.</param>
    /// <param name="mustKeepAll">Whether a keyword for which no letter is left is an error.</param>
    /// <exception cref="StoreException"><see cref="StoreError.Limit"/>: there are too many keywords; nothing was changed.</exception>
    public static KeywordTable Give(LockedMailbox mailbox, IReadOnlyList<string> keywords, DotLock? held, bool mustKeepAll)
    {
        if (mailbox.Keywords.HasAll(keywords))
        {
            return mailbox.Keywords;
        }

        using DotLock? own = held is null ? DotLock.Take(mailbox.Files.Directory, mailbox.Files.Options) : null;
        KeywordTable table = KeywordTable.Read(mailbox.Files.Directory);
        KeywordTable next = table.With(keywords, () => LettersInUse(mailbox.View));
        if (mustKeepAll && !next.HasAll(keywords))
        {
            throw new StoreException(StoreError.Limit, $"A mailbox has at most {KeywordTable.MaxKeywords} keywords");
        }

        if (next != table)
        {
            next.Write(mailbox.Files.Directory);
        }

        mailbox.Use(next);
        return next;
    }

    private static uint LettersInUse(IndexView view)
    {
        uint letters = 0;
        for (int place = 0; place < view.Count; place++)
        {
            view.FlagsAt(place, out uint here);
            letters |= here;
        }

        return letters;
    }
}
