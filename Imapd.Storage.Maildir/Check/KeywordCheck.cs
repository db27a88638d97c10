using System.Numerics;
using System.Text;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Check;

/// <summary>Checks <c>dovecot-keywords</c> against the letters in file names.</summary>
internal static class KeywordCheck
{
    private const string File = KeywordTable.FileName;

    /// <summary>Reads and checks it.</summary>
    public static void Run(CheckedMailbox mailbox)
    {
        uint named = 0;
        try
        {
            string text = Encoding.Latin1.GetString(SmallFile.Read(mailbox.Directory, File, KeywordTable.MaxFileOctets) ?? []);
            named = CheckLines(mailbox.Findings, text);
        }
        catch (UnixException error)
        {
            mailbox.Findings.Damage(File, $"it cannot be read ({error.Errno})");
            return;
        }
        catch (StoreException error)
        {
            mailbox.Findings.Damage(File, error.Message);
            return;
        }

        uint nameless = 0;
        int messages = 0;
        foreach ((string name, _) in mailbox.Files.Values)
        {
            uint letters = MessageName.KeywordLetters(name) & ~named;
            nameless |= letters;
            messages += letters != 0 ? 1 : 0;
        }

        if (nameless != 0)
        {
            mailbox.Findings.Note(
                File, $"{BitOperations.PopCount(nameless)} keyword letters in the names of {messages} messages have no name; they are kept, and shown to nobody");
        }
    }

    private static uint CheckLines(FindingList findings, string text)
    {
        uint named = 0;
        int number = 0;
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            number++;
            if (line.Length == 0)
            {
                continue;
            }

            if (!KeywordTable.TryParseLine(line, out int letter, out _))
            {
                findings.Note(File, $"line {number} makes no sense and is passed over: {FindingList.Printable(line[..Math.Min(line.Length, 40)])}");
            }
            else if ((named & (1u << letter)) != 0)
            {
                findings.Note(File, $"line {number} names a letter that an earlier line names; the later one counts");
            }
            else
            {
                named |= 1u << letter;
            }
        }

        return named;
    }
}
