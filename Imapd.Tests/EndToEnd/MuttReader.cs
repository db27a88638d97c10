using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>mutt, driven by keys it pushes to itself on a terminal that nobody looks at.</summary>
internal static class MuttReader
{
    /// <summary>
    /// Copies three messages, each with "number" in its subject and "text of" its number, to an mbox; flags the first, deletes the
    /// last, and ends.
    /// </summary>
    /// <param name="directory">Where its files are.</param>
    /// <param name="server">The lines of a muttrc that lead to the mail.</param>
    public static void CopyFlagAndDelete(TemporaryDirectory directory, string server)
    {
        string copied = directory.Combine("copied");
        string configuration = directory.Write(
            "muttrc",
            $"""
            {server}
            set quit=yes delete=yes move=no confirmappend=no confirmcreate=no wait_key=no mbox_type=mbox sort=mailbox-order
            unset mark_old
            push "<tag-pattern>~s number<enter><tag-prefix><copy-message>{copied}<enter><untag-pattern>.<enter><first-entry><flag-message><last-entry><delete-message><sync-mailbox><quit>"

            """);

        ShellResult result = Shell.Run(
            "script",
            ["--quiet", "--return", "--command", $"mutt -n -F {configuration}", "/dev/null"],
            environment: new Dictionary<string, string> { ["TERM"] = "xterm", ["HOME"] = directory.Path });

        Assert.That(result.Status, Is.Zero, result.ToString);
        string mail = File.Exists(copied) ? File.ReadAllText(copied) : "";
        Assert.That(Enumerable.Range(1, 3).Select(number => $"text of {number}"), Is.All.Matches<string>(mail.Contains), result.ToString);
    }
}
