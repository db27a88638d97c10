using System.Globalization;
using Imapd.Tests.Differential.Mail;
using Imapd.Tests.Storage.Migration;

namespace Imapd.Tests.Differential;

/// <summary>One Maildir with all the mail, served by us and by Dovecot at the same time.</summary>
internal sealed class ComparedAccount : IDisposable
{
    /// <summary>Mailboxes beside INBOX, as clients name them, and the directories where they are.</summary>
    private static readonly (string Name, string Directory)[] Mailboxes =
    [
        ("Large", ".Large"), ("a", ".a"), ("a/b", ".a.b"), ("a/b/c", ".a.b.c"), ("a/bc", ".a.bc"), ("ab", ".ab"), ("A", ".A"),
        ("x/y/z", ".x.y.z"), ("with space", ".with space"), ("Gr&APwA3w-e", ".Gr&APwA3w-e"), ("&ZeVnLIqe-/in", ".&ZeVnLIqe-.in"),
        ("R&-D", ".R&-D"), ("50%", ".50%"), ("a*b", ".a*b"), ("q\"uote", ".q\"uote"), ("back\\slash", ".back\\5cslash"),
        ("do\\t.ted", ".do\\5ct\\2eted"), ("(paren)", ".(paren)"), ("[bracket]", ".[bracket]"), ("{5}", ".{5}"), ("~tilde", ".~tilde"),
        ("#hash", ".#hash"), ("INBOX/child", ".INBOX.child"), ("inboxes", ".inboxes"), ("NIL", ".NIL"), ("-", ".-"), ("&-&-", ".&-&-"),
        ("long " + "0123456789012345678901234567890123456789", ".long 0123456789012345678901234567890123456789"),
    ];

    private readonly SharedAccount _account = new();
    private ImapPipe _dovecot;
    private string _examine = "NOOP";
    private readonly ServedHere _here;

    public ComparedAccount()
    {
        Fill("", ComparedMail.Inbox);
        Fill(".Large", ComparedMail.Large);
        foreach ((int place, (_, string directory)) in Mailboxes.Index().Skip(1))
        {
            Fill(directory, [.. ComparedMail.Inbox.Skip(place * 7).Take(place % 4)]);
        }

        File.WriteAllText(Path.Combine(_account.Maildir, "dovecot-keywords"), "0 $Forwarded\n1 work\n");
        File.WriteAllText(
            Path.Combine(_account.Maildir, "subscriptions"),
            "V\t2\n\nINBOX\na\tb\tc\nab\nx\ty\tz\nGr&APwA3w-e\ngone\nwas\tonce\nwith space\n50%\nINBOX\tchild\n");
        _account.Deliver(0);
        _dovecot = RealServers.Dovecot(_account.Maildir);
        _here = new ServedHere(_account);
    }

    /// <summary>Opens a mailbox with both servers, so that nothing is changed in it.</summary>
    public void Examine(string mailbox)
    {
        _examine = $"EXAMINE {mailbox}";
        _here.Talk.Ask(_examine);
        _dovecot.Talk.Ask(_examine);
    }

    /// <summary>Asks both.</summary>
    /// <remarks>Dovecot ends the connection when it cannot go on with an answer; that is its answer then: GONE.</remarks>
    public (Answer Here, Answer There) Ask(string command) => (_here.Talk.Ask(command), AskDovecot(command));

    private Answer AskDovecot(string command)
    {
        try
        {
            return _dovecot.Talk.Ask(command);
        }
        catch (IOException)
        {
            _dovecot.Dispose();
            _dovecot = RealServers.Dovecot(_account.Maildir);
            _dovecot.Talk.Ask(_examine);
            return new Answer(command, [], "GONE");
        }
    }

    /// <summary>The names that STATUS is asked of, in modified UTF-7, quoted.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["INBOX", "inbox", "x", "x/y", "gone", "a/nothing", .. Mailboxes.Select(static one => one.Name)];

    public void Dispose()
    {
        _here.Dispose();
        _dovecot.Dispose();
        _account.Dispose();
    }

    private void Fill(string directory, IReadOnlyList<NamedMail> mail)
    {
        string mailbox = Path.Combine(_account.Maildir, directory);
        foreach (string part in (string[])["cur", "new", "tmp"])
        {
            Directory.CreateDirectory(Path.Combine(mailbox, part));
        }

        for (int place = 0; place < mail.Count; place++)
        {
            string name = string.Create(
                CultureInfo.InvariantCulture, $"{1_577_000_000 + place}.M{place:D6}P1.{mail[place].Name}:2,{ComparedMail.FlagsOf(place)}");
            string path = Path.Combine(mailbox, "cur", name);
            File.WriteAllBytes(path, mail[place].Octets);
            File.SetLastWriteTimeUtc(path, ComparedMail.ReceivedOf(place));
        }
    }
}
