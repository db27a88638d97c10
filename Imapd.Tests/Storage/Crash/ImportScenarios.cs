using System.Text;
using Imapd.Storage.Maildir.Import;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Crash;

/// <summary>Importing an mbox.</summary>
internal static class ImportScenarios
{
    private const string Mbox = """
        From MAILER-DAEMON Fri Nov 20 09:00:00 2026 +0000
        Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA
        X-IMAP: 1000000000 0000000012 Work
        Status: RO

        From ann@example.org Fri Nov 20 10:00:00 2026 +0000
        X-UID: 3
        Status: RO

        one

        From ann@example.org Fri Nov 20 11:00:00 2026 +0000
        X-Keywords: Work
        X-UID: 7

        two

        From ann@example.org Fri Nov 20 12:00:00 2026 +0000

        three

        """;

    private static readonly string[] Contents = ["\r\none\r\n", "\r\ntwo\r\n", "\r\nthree\r\n"];

    public static IEnumerable<Scenario> All =>
    [
        new(
            "IMPORT into a mailbox that is not there yet",
            static stage => stage.Fill(),
            static stage => () => Import(stage, "box"),
            static after =>
            {
                if (after.IsAcknowledged || after.Now.Mailboxes.ContainsKey("box"))
                {
                    IsAllWithItsUidsOrNone(after, "box");
                }
            }),
        new(
            "IMPORT into a mailbox that has messages",
            static stage => stage.Fill(),
            static stage => () => Import(stage, "INBOX"),
            static after => after.AllOrNone("INBOX", Contents)),
    ];

    private static void IsAllWithItsUidsOrNone(Aftermath after, string mailbox)
    {
        after.AllOrNone(mailbox, Contents);
        MailboxView view = after.Now[mailbox];
        if (view.Messages.Count > 0)
        {
            Assert.That(view.UidValidity, Is.EqualTo(1_000_000_000));
            Assert.That(view.Messages.Select(static message => message.Uid), Is.EqualTo(new uint[] { 3, 7, 13 }));
        }
    }

    private static void Import(Stage stage, string mailbox)
    {
        using var mbox = new MemoryStream(Encoding.Latin1.GetBytes(Mbox));
        _ = stage.Store.Import(Stage.Name(mailbox), mbox, MboxQuoting.Mboxrd);
    }
}
