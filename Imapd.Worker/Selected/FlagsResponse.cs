using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;

namespace Imapd.Worker.Selected;

/// <summary>The untagged FLAGS and PERMANENTFLAGS of a mailbox (RFC 9051 §7.3.5, §7.1).</summary>
internal static class FlagsResponse
{
    /// <summary>Writes both: on SELECT, and again when there are keywords the client was not told of.</summary>
    public static void Write(ResponseWriter output, MailboxState state, bool isReadOnly) =>
        Write(output, state.Keywords, state.CanAddKeywords, isReadOnly);

    /// <summary>Writes both.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="keywords">Those that the mailbox has names for: atoms.</param>
    /// <param name="canAddKeywords">Whether there is room for more.</param>
    /// <param name="isReadOnly">Whether the mailbox was opened by EXAMINE.</param>
    public static void Write(ResponseWriter output, IReadOnlyList<string> keywords, bool canAddKeywords, bool isReadOnly)
    {
        output.Raw("* FLAGS ("u8);
        WriteNames(output, keywords);
        output.Raw(")\r\n* OK [PERMANENTFLAGS ("u8);
        if (!isReadOnly)
        {
            WriteNames(output, keywords);
            if (canAddKeywords)
            {
                output.Raw(" \\*"u8);
            }
        }

        output.Raw(isReadOnly ? ")] No flag can be changed\r\n"u8 : ")] Flags that are kept\r\n"u8);
    }

    private static void WriteNames(ResponseWriter output, IReadOnlyList<string> keywords)
    {
        string separator = "";
        foreach ((SystemFlags _, string name) in SystemFlagNames.All)
        {
            output.Raw(separator).Raw(name);
            separator = " ";
        }

        foreach (string keyword in keywords)
        {
            output.Sp().Raw(keyword);
        }
    }
}
