using System.Globalization;
using System.Text;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;
using Imapd.Storage.Maildir.Scan;

namespace Imapd.Storage.Maildir.Courier;

/// <summary>
/// What Courier knows of keywords, the directory <c>courierimapkeywords</c>. <c>:list</c> has a keyword on each line, an empty
/// line, and then <c>basename:0 2</c>, numbers of those lines. A file <c>basename</c>, or <c>.N.basename</c> of which the largest
/// N counts, holds the keywords of one message, one on each line, and overrides the list.
/// </summary>
internal static class CourierKeywords
{
    /// <summary>Its name in a mailbox's directory.</summary>
    public const string DirectoryName = "courierimapkeywords";

    private const string ListName = ":list";
    private const long MaxListOctets = 256 << 20;
    private const long MaxMessageOctets = 64 << 10;

    // The time Courier gives to what it has not put in order yet.
    private const ulong Newest = ulong.MaxValue;

    /// <summary>
    /// The time set on the directory when what is in it is in the messages' names: nanoseconds that the kernel's clock gives
    /// once in a thousand million times.
    /// </summary>
    private const long KnownNanoseconds = 414_213_562;

    /// <summary>Opens the directory; null when there is none.</summary>
    public static DirectoryHandle? Open(DirectoryHandle mailbox)
    {
        Errno error = mailbox.TryOpenDirectory(DirectoryName, false, out DirectoryHandle? directory);
        return error switch
        {
            Errno.None => directory,
            Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP => null,
            _ => throw new UnixException("openat", DirectoryName, error),
        };
    }

    /// <summary>Whether nothing has been changed in the directory since <see cref="MarkKnown"/>.</summary>
    public static bool IsKnown(DirectoryHandle keywords) => keywords.Stat().ModifiedNanoseconds % 1_000_000_000 == KnownNanoseconds;

    /// <summary>Says that what is in the directory is known. Where times have no nanoseconds it has no effect but work done twice.</summary>
    public static void MarkKnown(DirectoryHandle keywords) =>
        keywords.TrySetModified((DateTimeOffset.UtcNow.ToUnixTimeSeconds() * 1_000_000_000) + KnownNanoseconds);

    /// <summary>The keywords of the messages that have any, by base name.</summary>
    public static Dictionary<string, string[]> Read(DirectoryHandle keywords)
    {
        var byMessage = new Dictionary<string, string[]>();
        ReadList(keywords, byMessage);
        foreach ((string message, (ulong age, string file)) in Updates(keywords))
        {
            string[] words = Text(keywords, file, MaxMessageOctets).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            byMessage[message] = words;
        }

        return byMessage;
    }

    /// <summary>
    /// Tells Courier a message's keywords, as Courier does it itself: a file made in <c>tmp/</c> takes the place of what it knew.
    /// Like the flags in a name it is not waited for on the disk.
    /// </summary>
    /// <param name="keywords">The directory.</param>
    /// <param name="files">The mailbox.</param>
    /// <param name="name">The message's name.</param>
    /// <param name="words">All of its keywords.</param>
    public static void Tell(DirectoryHandle keywords, MailboxFiles files, string name, IEnumerable<string> words)
    {
        string temporary = files.Tree.Names.Next();
        try
        {
            using (FileHandle file = files.Tmp.OpenFile(temporary, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL))
            {
                file.Write(0, Encoding.Latin1.GetBytes(string.Concat(words.Select(static word => word + "\n"))));
            }

            Errno error = files.Tmp.TryRename(temporary, keywords, MessageName.Base(name).ToString());
            if (error != Errno.None)
            {
                throw new UnixException("renameat2", DirectoryName, error);
            }
        }
        catch (UnixException)
        {
            files.Tmp.TryUnlink(temporary);
            throw;
        }
    }

    private static void ReadList(DirectoryHandle keywords, Dictionary<string, string[]> byMessage)
    {
        string[] lines = Text(keywords, ListName, MaxListOctets).Split('\n');
        int end = Array.IndexOf(lines, string.Empty);
        for (int i = end + 1; i < lines.Length && end >= 0; i++)
        {
            int colon = lines[i].IndexOf(':');
            if (colon > 0)
            {
                byMessage[lines[i][..colon]] =
                [
                    .. lines[i][(colon + 1)..].Split(' ')
                        .Select(static number =>
                            int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : int.MaxValue)
                        .Where(index => index < end)
                        .Select(index => lines[index])
                ];
            }
        }
    }

    private static Dictionary<string, (ulong Age, string File)> Updates(DirectoryHandle keywords)
    {
        var updates = new Dictionary<string, (ulong Age, string File)>();
        foreach (DirectoryEntry entry in DirectoryReader.Read(keywords))
        {
            string message = entry.Name;
            ulong age = Newest;
            if (message[0] == '.')
            {
                int end = message.IndexOf('.', 1);
                if (end < 0 || !ulong.TryParse(message.AsSpan(1, end - 1), NumberStyles.None, CultureInfo.InvariantCulture, out age))
                {
                    continue;
                }

                message = message[(end + 1)..];
            }

            if (MessageName.IsPossible(message) && (!updates.TryGetValue(message, out (ulong Age, string File) other) || other.Age < age))
            {
                updates[message] = (age, entry.Name);
            }
        }

        return updates;
    }

    // Something that is no file, or one without end, says nothing; the messages are there without it.
    private static string Text(DirectoryHandle keywords, string name, long maxOctets)
    {
        try
        {
            return SmallFile.Read(keywords, name, maxOctets) is { } text ? Encoding.Latin1.GetString(text) : string.Empty;
        }
        catch (StoreException error) when (error.Error == StoreError.Corruption)
        {
            return string.Empty;
        }
        catch (UnixException error) when (error.Errno == Errno.ELOOP)
        {
            return string.Empty;
        }
    }
}
