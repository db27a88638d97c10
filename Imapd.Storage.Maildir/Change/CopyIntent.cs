using System.Globalization;
using System.Text;
using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Change;

/// <summary>
/// What makes several messages come in together: a file that says which files in <c>tmp/</c> are to get which names. Once it
/// is on the disk they come in, whatever happens; before, none does.
/// </summary>
/// <remarks>
/// <c>imapd.intent</c>: a line with a version and the checksum of the rest, then a line for each message: <c>n</c> or
/// <c>c</c> for the directory, its name in <c>tmp/</c> and its name there, a tab between. It names no UIDs: whoever completes
/// it looks at the mailbox afterwards, and messages without UIDs get them in the order of their names. It only ever adds
/// messages: one that is found after its time finds nothing in <c>tmp/</c>, and nothing happens.
/// </remarks>
internal static class CopyIntent
{
    /// <summary>The file's name in a mailbox's directory.</summary>
    public const string FileName = "imapd.intent";

    private const string Version = "imapd-intent 1 ";
    private const long MaxOctets = 64 << 20;

    /// <summary>Whether a session has ended in the middle of adding messages.</summary>
    public static bool IsThere(DirectoryHandle mailbox) => mailbox.TryStat(FileName, false, out _) == Errno.None;

    /// <summary>Says what is to come in. The caller holds the mailbox's lock. Durable on return.</summary>
    /// <param name="mailbox">The mailbox's directory.</param>
    /// <param name="messages">Names in <c>tmp/</c>, which are durable, and what they are to become.</param>
    public static void Write(DirectoryHandle mailbox, IEnumerable<StagedMessage> messages)
    {
        var text = new StringBuilder();
        foreach (StagedMessage message in messages)
        {
            text.Append(message.IsInNew ? 'n' : 'c').Append('\t').Append(message.Staged).Append('\t').Append(message.Name).Append('\n');
        }

        string lines = text.ToString();
        SmallFile.Replace(mailbox, FileName, Version + ChecksumOf(lines) + "\n" + lines);
    }

    /// <summary>
    /// It is done, or was taken back. The caller holds the mailbox's lock. Not waited for on the disk: an intent that comes
    /// back finds nothing to do.
    /// </summary>
    public static void Remove(DirectoryHandle mailbox) => mailbox.TryUnlink(FileName);

    /// <summary>Completes what a session that ended has begun. The caller holds the mailbox's lock.</summary>
    /// <remarks>
    /// Power fails after step
    ///   1: some more of the messages are in their places; the intent is still there and is completed the next time;
    ///   2: all of them are there for certain;
    ///   3: done, or as 2.
    /// What cannot be done now, because the disk is full, is left for the next time.
    /// </remarks>
    public static void Complete(MailboxFiles files)
    {
        if (!IsThere(files.Directory))
        {
            return;
        }

        try
        {
            foreach (StagedMessage message in Read(files))
            {
                Errno error = message.TryPlace(files); // 1
                if (error != Errno.None)
                {
                    throw new UnixException("renameat2", message.Name, error);
                }
            }

            files.New.Sync(); // 2
            files.Cur.Sync();
            Remove(files.Directory); // 3
        }
        catch (UnixException error)
        {
            files.Options.Log?.Invoke($"{files.Path}: messages that were being added cannot be completed yet ({error.Errno})");
        }
    }

    // One that is not whole was never on the disk for certain: nothing was renamed for it.
    private static List<StagedMessage> Read(MailboxFiles files)
    {
        var messages = new List<StagedMessage>();
        string text;
        try
        {
            text = Encoding.Latin1.GetString(SmallFile.Read(files.Directory, FileName, MaxOctets) ?? []);
        }
        catch (StoreException)
        {
            return messages;
        }

        int end = text.IndexOf('\n', StringComparison.Ordinal);
        if (end < 0 || text[..end] != Version + ChecksumOf(text[(end + 1)..]))
        {
            return messages;
        }

        foreach (string line in text[(end + 1)..].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split('\t');
            if (parts is ["n" or "c", var staged, var name] && IsName(staged) && IsName(name))
            {
                messages.Add(new StagedMessage(parts[0] == "n", staged, name));
            }
        }

        return messages;
    }

    private static bool IsName(string name) => MessageName.IsPossible(name) && !name.Contains('/', StringComparison.Ordinal);

    private static string ChecksumOf(string lines) =>
        Checksum.Of(Encoding.Latin1.GetBytes(lines)).ToString("x8", CultureInfo.InvariantCulture);
}
