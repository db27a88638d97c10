using System.Globalization;
using Imapd.Tests.Stress.Model;

namespace Imapd.Tests.Stress.Actors;

/// <summary>A mailbox as its files show it, read by a program that is not imapd.</summary>
internal static class LocalFiles
{
    /// <summary>The base name of every message that has a UID; lines being written are left out.</summary>
    public static Dictionary<string, uint> UidsByBaseName(string directory)
    {
        var uids = new Dictionary<string, uint>(StringComparer.Ordinal);
        string text = ReadIfThere(Path.Combine(directory, "dovecot-uidlist"));
        foreach (string line in text[..(text.LastIndexOf('\n') + 1)].Split('\n').Skip(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                uids[BaseOf(line[(colon + 1)..])] = uint.Parse(line[..line.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
            }
        }

        return uids;
    }

    /// <summary>What the letters stand for.</summary>
    public static Dictionary<char, string> Keywords(string directory)
    {
        var keywords = new Dictionary<char, string>();
        foreach (string line in ReadIfThere(Path.Combine(directory, "dovecot-keywords")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', 2);
            keywords[(char)('a' + int.Parse(words[0], CultureInfo.InvariantCulture))] = words[1];
        }

        return keywords;
    }

    /// <summary>The names in <c>new</c> or <c>cur</c>.</summary>
    public static string[] In(string directory, string part) =>
        [.. Directory.GetFiles(Path.Combine(directory, part)).Select(path => Path.GetFileName(path))];

    public static string BaseOf(string name) => name.Split(':')[0];

    /// <summary>The letters behind <c>:2,</c>.</summary>
    public static string InfoOf(string name)
    {
        int start = name.IndexOf(":2,", StringComparison.Ordinal);
        return start < 0 ? "" : name[(start + 3)..];
    }

    /// <summary>All messages with their UIDs; to be called when everything is at rest.</summary>
    public static List<SettledMessage> Settled(StressLedger ledger, MailboxLedger mailbox)
    {
        Dictionary<string, uint> uids = UidsByBaseName(mailbox.Directory);
        Dictionary<char, string> keywords = Keywords(mailbox.Directory);
        var found = new List<SettledMessage>();
        foreach (string part in new[] { "new", "cur" })
        {
            foreach (string name in In(mailbox.Directory, part))
            {
                uint uid = uids.TryGetValue(BaseOf(name), out uint known)
                    ? known
                    : throw new StressFailure($"{mailbox.Name}: {part}/{name} has no UID");
                MessageToken token = TokenIn(ledger, Path.Combine(mailbox.Directory, part, name));
                found.Add(new SettledMessage(uid, FlagAlphabet.OfLetters(InfoOf(name), keywords), token, BaseOf(name)));
            }
        }

        return [.. found.OrderBy(message => message.Uid)];
    }

    private static MessageToken TokenIn(StressLedger ledger, string path)
    {
        string text = File.ReadAllText(path);
        int start = text.IndexOf("Subject: ", StringComparison.Ordinal) + "Subject: ".Length;
        MessageToken token = ledger.TokenOf(text[start..text.IndexOfAny(['\r', '\n'], start)]);
        return text == token.Wire() || text == token.OnDisk() ? token : throw new StressFailure($"{path} is not what was stored");
    }

    private static string ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (FileNotFoundException)
        {
            return "";
        }
    }
}
