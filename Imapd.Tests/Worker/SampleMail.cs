namespace Imapd.Tests.Worker;

/// <summary>Messages in wire form, put together from named pieces so that a test can name what it expects.</summary>
internal static class SampleMail
{
    public const string PlainHeader =
        "Date: Mon, 7 Feb 1994 21:52:25 -0800\r\nFrom: Fred Foobar <foobar@blurdybloop.example>\r\n"
        + "Subject: afternoon meeting\r\nTo: mooch@owatagu.siam.edu.example\r\nMessage-Id: <B27397@blurdybloop.example>\r\n\r\n";

    public const string PlainBody = "Hello Joe, do you think we can meet at 3:30 tomorrow?\r\nSecond line.\r\n";

    public const string Plain = PlainHeader + PlainBody;

    public const string NestedHeader =
        "From: Outer <outer@example.com>\r\nTo: all@example.com\r\nSubject: nested\r\nDate: Tue, 1 Mar 2022 08:00:00 +0000\r\n"
        + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=outer\r\n\r\n";

    public const string Part1Header = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
    public const string Part1Body = "first part\r\nwith two lines";
    public const string Part2Header =
        "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n";

    public const string Part2Body = "AAECAwT/\r\nSGVsbG8=\r\n";
    public const string Part3Header = "Content-Type: message/rfc822\r\nContent-Description: forwarded\r\n\r\n";
    public const string InnerHeader =
        "From: Inner <inner@example.com>\r\nSubject: the inner one\r\nContent-Type: multipart/alternative; boundary=inner\r\n\r\n";

    public const string Inner1Header = "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
    public const string Inner1Body = "soft=\r\n line break, caf=C3=A9\r\n";
    public const string Inner2Header = "Content-Type: text/html\r\n\r\n";
    public const string Inner2Body = "<p>markup</p>";
    public const string InnerText =
        "--inner\r\n" + Inner1Header + Inner1Body + "\r\n--inner\r\n" + Inner2Header + Inner2Body + "\r\n--inner--\r\n";

    public const string NestedText =
        "preamble\r\n--outer\r\n" + Part1Header + Part1Body + "\r\n--outer\r\n" + Part2Header + Part2Body
        + "\r\n--outer\r\n" + Part3Header + InnerHeader + InnerText + "\r\n--outer--\r\nepilogue\r\n";

    public const string Nested = NestedHeader + NestedText;
}
