using System.Globalization;
using System.Text;

namespace Imapd.Storage.Maildir.Index;

/// <summary>Writes the text of a version 3 UID list.</summary>
internal static class UidListText
{
    /// <summary>The header line.</summary>
    public static string Header(UidList list)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"3 V{list.UidValidity} N{list.NextUid}");
        if (list.MailboxId is not null)
        {
            text.Append(" G").Append(list.MailboxId);
        }

        foreach (string field in list.OtherFields)
        {
            text.Append(' ').Append(field);
        }

        return text.Append('\n').ToString();
    }

    /// <summary>The lines of messages.</summary>
    public static string Lines(IEnumerable<UidLine> lines)
    {
        var text = new StringBuilder();
        foreach (UidLine line in lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"{line.Uid}{line.Fields}:{line.Name}\n");
        }

        return text.ToString();
    }
}
