using System.Text;

namespace Imapd.Tests.Mime;

/// <summary>Messages that are odd in one way each, and a generator of more.</summary>
internal static class MailCorpus
{
    private const string Mixed = "Content-Type: multipart/mixed; boundary=b\n\n";

    public static IReadOnlyList<string> Odd { get; } =
    [
        "",
        "\n",
        "\n\n",
        "Subject: x",
        "Subject: x\n",
        "Subject: x\n\nhi\n",
        "Subject: x\n\nhi",
        Mixed + "pre\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\nthree\n--b--\nepi\n",
        Mixed + "--b\n\none\n--b\n\ntwo\n",
        Mixed + "nothing\n",
        Mixed + "--b--\n",
        Mixed + "--b\n\none\n--b",
        Mixed + "--b\n\none\n--b\n",
        Mixed + "--b\nContent-Type: text/html\n--b\nContent-Type: text/x\n\n--b\n\n\n--b--\n",
        Mixed + "--b \t\n\none\n--bxyz\n\ntwo\n--b-- \n\n--b\n\nthree\n",
        Mixed + "--b\nContent-Type: message/rfc822\n\n--b--\n",
        Mixed + "--b\nContent-Type: message/rfc822\n--b--\n",
        Mixed + "--b\nContent-Type: message/rfc822\n\nSubject: in\n--b\n\nx\n--b--\n",
        Mixed + "--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n--b\n\nthree\n--b--\n",
        Mixed + "--b\n\n\n--b\n\n\n\n--b\n--b--\n",
        "Content-Type: multipart/mixed\n\n--b\n\none\n--b--\n",
        "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\none\n--b\n\nx\n----\n",
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b--\r\n",
        "Content-Type: multipart/mixed; boundary=b\r\n\n--b\n\r\none\r\r\n--b\r\n\n\ra\r\0\n\n--b--\n",
        "Content-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: q@w\n\none\n--b\nContent-Type: text/plain\n\nthree\n--b--\n",
        "Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nContent-Type: message/global\n\nhi\n",
        "Content-Type: message/rfc822\n",
        "Content-Type: multipart/mixed;\n boundary=\"foo\"\n\n--foo\nContent-Type: multipart/x; boundary=foobar\n\n--foobar\n\n"
            + "one\n--foobar\n\ntwo\n--foobar--\n--foo\n\nthree\n--foo--\n",
        "Content-Type: multipart/mixed; boundary=foobar\n\n--foobar\nContent-Type: multipart/x; boundary=foo\n\n--foo\n\n"
            + "one\n--foo\n\ntwo\n--foo--\n--foobar\n\nthree\n--foobar--\n",
    ];

    /// <summary>Octets in which boundaries, headers and line ends are likely.</summary>
    public static byte[] Random(Random random, int tokens)
    {
        string[] vocabulary =
        [
            "\n", "\n", "\n\n", "\r\n", "\r", "--b", "--b--", "--c", "--c--", "--", "-", "b", " ", "\t", "\0", ":", ";", "\"", "(",
            ")", "<", ">", "@", ",", "\\", "=", "*", "?", "=?utf-8?q?", "=?utf-8?b?", "?=", "[", "]", "äöü", "x", "Subject: ",
            "From: ", "To: ", "Sender: ", "Content-Type: ", "Content-Type: multipart/mixed; boundary=b\n\n",
            "Content-Type: multipart/digest; boundary=\"c\"\n\n", "Content-Type: message/rfc822\n\n", "text/plain; charset=",
            "; name*0*=utf-8''", "; name*1=x", "Content-Disposition: ", "Content-Transfer-Encoding: ", "Content-Language: ",
            "Content-ID: ", "Date: ", "Sat, 21 Nov 2026 10:00:00 +0100",
        ];
        var text = new StringBuilder();
        for (int i = 0; i < tokens; i++)
        {
            text.Append(random.Next(20) == 0
                ? ((char)random.Next(256)).ToString()
                : vocabulary[random.Next(vocabulary.Length)]);
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
