using System.Buffers;
using System.Globalization;
using System.Text;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>How names are written on disk: what of a name is not ASCII.</summary>
internal enum NameForm
{
    /// <summary>Modified UTF-7: Dovecot unless it was told otherwise, and Courier before version 5.</summary>
    ModifiedUtf7,

    /// <summary>UTF-8: Courier 5, and Dovecot where <c>mail_location</c> says so.</summary>
    Utf8,
}

/// <summary>One level of a mailbox's name, from disk and to disk.</summary>
/// <remarks>
/// Reading is more generous than writing: what is no modified UTF-7 is taken for UTF-8, and what no name may hold (octets
/// that are no UTF-8, control characters, a slash) is shown as a backslash and two hexadecimal digits, so that every
/// directory has a name under which it can be opened, renamed and deleted.
/// </remarks>
internal static class LevelText
{
    /// <summary>A level as it is written in one of the forms, without regard to what the layout must escape.</summary>
    public static string Encode(string level, NameForm form) =>
        form == NameForm.Utf8 ? Octets.FromText(level) : MailboxNameEncoding.ToModifiedUtf7(level);

    /// <summary>The text that the octets of a level mean; it may hold what no name may hold.</summary>
    public static string? Decode(string octets) =>
        Ascii.IsValid(octets) && MailboxNameEncoding.TryFromModifiedUtf7(octets, out string text) && IsWellFormed(text)
            ? text
            : Octets.ToText(octets);

    /// <summary>Something a name may be made of, for a level that means nothing a name can hold.</summary>
    /// <param name="octets">The level as it is on disk.</param>
    public static string Show(string octets)
    {
        string text = Decode(octets) ?? ShowOctets(octets);
        if (text is "." or "..")
        {
            return text.Replace(".", "\\2e", StringComparison.Ordinal);
        }

        var shown = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (c == '/' || char.IsControl(c) || c is '\u2028' or '\u2029')
            {
                foreach (byte octet in Encoding.UTF8.GetBytes([c]))
                {
                    shown.Append(Escape(octet));
                }
            }
            else
            {
                shown.Append(c);
            }
        }

        return shown.ToString();
    }

    /// <summary>A backslash and two hexadecimal digits.</summary>
    public static string Escape(byte octet) => "\\" + octet.ToString("x2", CultureInfo.InvariantCulture);

    private static string ShowOctets(string octets)
    {
        var shown = new StringBuilder(octets.Length);
        foreach (char octet in octets)
        {
            shown.Append(octet < 0x80 ? octet.ToString() : Escape((byte)octet));
        }

        return shown.ToString();
    }

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out int length) != OperationStatus.Done)
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }
}
