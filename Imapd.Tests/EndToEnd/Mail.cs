namespace Imapd.Tests.EndToEnd;

/// <summary>Messages as they come from outside: CRLF line ends.</summary>
internal static class Mail
{
    public static string With(string subject, string body = "Some text.") =>
        $"From: Sender <sender@example.org>\r\nTo: reader@example.org\r\nSubject: {subject}\r\n" +
        $"Date: Fri, 20 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{Guid.NewGuid():N}@example.org>\r\n\r\n{body}\r\n";

    /// <summary>As <see cref="With"/>, with the line ends a Unix delivery agent writes.</summary>
    public static string WithUnixLines(string subject, string body = "Some text.") =>
        With(subject, body).Replace("\r\n", "\n", StringComparison.Ordinal);
}
