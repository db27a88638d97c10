namespace Imapd.Tests.Protocol;

/// <summary>Commands that are all valid, of every family.</summary>
internal static class Corpus
{
    public static readonly string[] Valid =
    [
        "a1 CAPABILITY",
        "a1 NOOP",
        "a1 LOGOUT",
        "a1 STARTTLS",
        "a1 IDLE",
        "a1 CHECK",
        "a1 CLOSE",
        "a1 UNSELECT",
        "a1 NAMESPACE",
        "a1 EXPUNGE",
        "a1 ID (\"name\" \"x\" \"version\" NIL {2}\r\nos {5+}\r\nLinux)",
        "a1 LOGIN \"fr\\\"ed\" {6}\r\nsecret",
        "a1 AUTHENTICATE PLAIN AGEAYg==",
        "a1 ENABLE IMAP4rev2 CONDSTORE",
        "a1 SELECT INBOX (CONDSTORE)",
        "a1 EXAMINE {5}\r\nINBOX",
        "a1 CREATE \"Gesendet/Entw&APw-rfe\" (USE (\\Drafts))",
        "a1 DELETE &ZeVnLIqe-",
        "a1 RENAME \"a b\" c",
        "a1 SUBSCRIBE \"Käse\"",
        "a1 UNSUBSCRIBE x",
        "a1 LIST (SUBSCRIBED RECURSIVEMATCH) \"\" (\"INBOX\" %/*) RETURN (CHILDREN STATUS (MESSAGES UNSEEN))",
        "a1 LSUB \"\" *",
        "a1 STATUS blurdybloop (UIDNEXT MESSAGES SIZE)",
        "a1 APPEND saved-messages (\\Seen $Forwarded) \"17-Jul-1996 02:44:25 -0700\" {310}\r\n",
        "a1 APPEND x UTF8 (~{310+}\r\n)",
        "a1 UID EXPUNGE 3000:3002,*",
        "a1 SEARCH RETURN (MIN COUNT SAVE) CHARSET UTF-8 OR (FROM \"Smith\" SINCE 1-Feb-1994) NOT BODY {3}\r\na\nb UID 1:* $",
        "a1 UID SEARCH SENTBEFORE \"01-Feb-1994\" LARGER 1000 KEYWORD $x OLDER 3600 HEADER \"X-Y\" z",
        "a1 FETCH 2:4,* (FLAGS BODY.PEEK[1.2.HEADER.FIELDS.NOT (DATE \"FROM\")]<0.100> BINARY[3]<1.2> BINARY.SIZE[1])",
        "a1 UID FETCH 4827313 FULL",
        "a1 STORE 2:4 +FLAGS.SILENT (\\Deleted $x)",
        "a1 UID STORE $ -FLAGS \\Seen y",
        "a1 COPY 2:4 MEETING",
        "a1 UID MOVE 42:69 \"foo\"",
        "a1 UNKNOWN whatever \"it {is",
    ];
}
