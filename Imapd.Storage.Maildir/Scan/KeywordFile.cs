using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>The keyword table as a session has read it last.</summary>
/// <param name="mailbox">The mailbox's directory.</param>
/// <param name="isRemote">Whether times are another host's.</param>
internal sealed class KeywordFile(DirectoryHandle mailbox, bool isRemote)
{
    private FileStamp _stamp;
    private bool _isRead;

    /// <summary>The table.</summary>
    public KeywordTable Table { get; private set; } = KeywordTable.Empty;

    /// <summary>Letters that have come to stand for other keywords since <see cref="TakeChangedLetters"/>.</summary>
    public uint ChangedLetters { get; private set; }

    /// <summary>Reads the table if it may be another than last time.</summary>
    /// <param name="now">The file's stamp, taken before this call.</param>
    public void Read(FileStamp now)
    {
        if (now.Confirms(_stamp))
        {
            return;
        }

        KeywordTable next = KeywordTable.Read(mailbox);
        _stamp = new LookStamps(default, default, default, now).Settled(default, isRemote).Keywords;
        uint letters = next.LettersOtherThanIn(Table);
        if (letters != 0)
        {
            Table = next;
            ChangedLetters |= _isRead ? letters : 0;
        }

        _isRead = true;
    }

    /// <summary>Takes over a table that was written just now. Letters that are new in it are in no file's name.</summary>
    public void Use(KeywordTable table)
    {
        Table = table;
        _stamp = default;
    }

    /// <summary>The letters that stand for other keywords now.</summary>
    public uint TakeChangedLetters()
    {
        uint letters = ChangedLetters;
        ChangedLetters = 0;
        return letters;
    }
}
