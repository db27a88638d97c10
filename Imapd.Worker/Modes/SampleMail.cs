using System.Globalization;
using System.Text;
using Mono.Unix.Native;

namespace Imapd.Worker.Modes;

/// <summary>
/// The messages a development server begins with: a plain one, one with an HTML alternative and an attachment, one in UTF-8. They
/// are delivered as any program delivers to a Maildir.
/// </summary>
internal static class SampleMail
{
    private const string Plain = """
        From: Ada Example <ada@example.org>
        To: Test <test@localhost>
        Subject: Welcome to your test server
        Date: Fri, 20 Nov 2026 09:00:00 +0000
        Message-ID: <welcome.1@example.org>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=us-ascii

        Hello,

        this mailbox lives in memory. Read, flag, move and delete what you
        like: when the server stops, everything in it is gone.

        Ada

        """;

    private const string Mixed = """
        From: Grace Example <grace@example.org>
        To: Test <test@localhost>
        Cc: Ada Example <ada@example.org>
        Subject: Minutes, with the list attached
        Date: Fri, 20 Nov 2026 10:30:00 +0100
        Message-ID: <minutes.2@example.org>
        In-Reply-To: <welcome.1@example.org>
        References: <welcome.1@example.org>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="outer-7f3a"

        A reader that knows MIME does not show this line.
        --outer-7f3a
        Content-Type: multipart/alternative; boundary="inner-2b91"

        --inner-2b91
        Content-Type: text/plain; charset=utf-8

        We agreed on three things. The list is attached.
        --inner-2b91
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        <html><body><p>We agreed on <b>three</b> things. The list is =
        attached.</p></body></html>
        --inner-2b91--

        --outer-7f3a
        Content-Type: text/csv; name="list.csv"
        Content-Disposition: attachment; filename="list.csv"
        Content-Transfer-Encoding: base64

        aXRlbSx3aG8KdGVzdHMsQWRhCm1hbnVhbCxHcmFjZQpwYWNrYWdlcyxUZXN0Cg==
        --outer-7f3a--

        """;

    private const string Utf8 = """
        From: =?UTF-8?Q?J=C3=BCrgen_M=C3=BCller?= <juergen@example.org>
        To: Test <test@localhost>
        Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=
        Date: Sat, 21 Nov 2026 08:15:00 +0100
        Message-ID: <gruesse.3@example.org>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: 8bit

        Schöne Grüße!

        Heute früh war der Rhein im Nebel, und die Fähre fuhr trotzdem.

        Jürgen

        """;

    /// <summary>Makes a mail root with an INBOX and puts the messages there.</summary>
    public static void Deliver(string mailRoot)
    {
        foreach (string directory in new[] { "", "tmp", "new", "cur" })
        {
            _ = Syscall.mkdir(Path.Combine(mailRoot, directory), FilePermissions.S_IRWXU);
        }
        long seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        int number = 0;
        foreach (string message in new[] { Plain, Mixed, Utf8 })
        {
            number++;
            string name = string.Create(
                CultureInfo.InvariantCulture, $"{seconds}.M{number}P{Environment.ProcessId}.localhost");
            string written = Path.Combine(mailRoot, "tmp", name);
            File.WriteAllText(written, message, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            File.Move(written, Path.Combine(mailRoot, "new", name));
        }
    }
}
