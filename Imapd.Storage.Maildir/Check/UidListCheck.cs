using System.Text;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Check;

/// <summary>Checks <c>dovecot-uidlist</c> line by line.</summary>
internal static class UidListCheck
{
    private const string File = UidListFile.FileName;

    /// <summary>The store writes a damaged list anew when it looks at the mailbox.</summary>
    public static readonly Remedy Salvage =
        new("write it anew with what can be read, and pass over UIDs that may have been lost", static () => { }, NeedsLook: true);

    private static readonly Remedy _renumber =
        new("write it anew from the index or, without one, under a larger UIDVALIDITY: clients then fetch everything again", static () => { }, NeedsLook: true);

    /// <summary>Reads and checks it.</summary>
    public static void Run(CheckedMailbox mailbox)
    {
        byte[]? text;
        try
        {
            text = UidListFile.ReadText(mailbox.Directory);
            mailbox.List = UidListFile.Read(mailbox.Directory);
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

        if (text is not null && UidListParser.Parse(text) is null)
        {
            mailbox.Findings.Damage(File, "its first line does not say the UIDVALIDITY", _renumber);
        }
        else if (text is not null)
        {
            CheckLines(mailbox, text);
            if (UidListHeader.IsNextUidDamaged(mailbox.List!, null, out uint known))
            {
                mailbox.Findings.Damage(File, $"its first line says that the next UID is {mailbox.List!.NextUid}, its last one {known}", Salvage);
            }
        }
    }

    private static void CheckLines(CheckedMailbox mailbox, ReadOnlySpan<byte> text)
    {
        bool hasFields = text[0] == (byte)'3';
        var names = new HashSet<string>(BaseNameComparer.Instance);
        uint before = 0;
        int number = 0;
        while (!text.IsEmpty)
        {
            number++;
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            if (number > 1)
            {
                before = CheckLine(mailbox.Findings, line, end < 0, hasFields, number, before, names);
            }

            text = end < 0 ? default : text[(end + 1)..];
        }
    }

    private static uint CheckLine(
        FindingList findings, ReadOnlySpan<byte> line, bool isCutOff, bool hasFields, int number, uint before, HashSet<string> names)
    {
        if (isCutOff || !UidListParser.TryParseLine(line, hasFields, out UidLine parsed))
        {
            string start = FindingList.Printable(Encoding.Latin1.GetString(line[..Math.Min(line.Length, 40)]));
            if (isCutOff && line.IndexOf((byte)0) < 0)
            {
                // No client was told of a UID whose line was not whole. Where more is missing, the index knows of it.
                findings.Note(File, $"line {number} is cut off: a session ended while it was written; the next one writes the list anew: {start}", Salvage);
            }
            else
            {
                findings.Damage(File, $"line {number} {(isCutOff ? "is cut off" : "cannot be read")}: {start}", Salvage);
            }

            return before;
        }

        if (parsed.Uid <= before)
        {
            findings.Damage(
                File, parsed.Uid == before ? $"line {number}: UID {parsed.Uid} is there twice" : $"line {number}: UID {parsed.Uid} comes after {before}", Salvage);
        }

        if (!names.Add(parsed.Name))
        {
            findings.Note(File, $"line {number}: the same file has another UID in an earlier line; the later one counts", Salvage);
        }

        return Math.Max(before, parsed.Uid);
    }
}
