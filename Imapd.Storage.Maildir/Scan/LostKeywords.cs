using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>A keyword table that is gone, while file names bear its letters: nobody else knows the keywords.</summary>
internal static class LostKeywords
{
    /// <summary>Whether there is no table, and the index does not say that there was none before.</summary>
    /// <param name="now">The stamps now.</param>
    /// <param name="before">Those of the index; the default without one.</param>
    public static bool MayBe(LookStamps now, LookStamps before) =>
        now.Keywords == FileStamp.Absent && before.Keywords != FileStamp.Absent;

    /// <summary>Tells the administrator, if messages bear letters.</summary>
    public static void Tell(MailboxFiles files, IndexView view)
    {
        int bearing = 0;
        for (int place = 0; place < view.Count; place++)
        {
            view.FlagsAt(place, out uint letters);
            bearing += letters != 0 ? 1 : 0;
        }

        if (bearing > 0)
        {
            files.Options.Log?.Invoke(
                $"{files.Path}/{KeywordTable.FileName}: it is lost; the keywords of {bearing} messages are not shown until it is put back");
        }
    }
}
