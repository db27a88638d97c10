using Imapd.Storage.Maildir.Index;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Letters that stand for other keywords than before: to clients, the messages that bear them have changed.</summary>
internal static class RenamedKeywords
{
    /// <summary>Notes the messages.</summary>
    /// <param name="letters">The letters.</param>
    /// <param name="changes">Where to, behind what is there.</param>
    /// <param name="shown">The mod-sequence of the last picture: what was changed since is told anyway.</param>
    public static void Touch(uint letters, IndexChanges changes, ulong shown)
    {
        if (letters == 0)
        {
            return;
        }

        IndexView view = changes.Count == 0 ? changes.Before : changes.Before.Apply(changes);
        ulong modSeq = changes.Before.NextModSeq();
        for (int place = 0; place < view.Count; place++)
        {
            IndexRecord record = view.RecordAt(place);
            if ((record.Letters & letters) != 0 && record.ModSeq <= shown)
            {
                changes.Change(record.Uid, record.Flags, record.Letters, record.IsInNew, modSeq, view.NameAt(place));
            }
        }
    }
}
