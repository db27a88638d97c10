namespace Imapd.Tests.Worker;

/// <summary>Messages to have in a mailbox.</summary>
internal static class Mail
{
    /// <summary>Three short ones.</summary>
    public static string[] Three { get; } = [Of("first"), Of("second"), Of("third")];

    /// <summary>A short message with a subject.</summary>
    public static string Of(string subject) =>
        $"From: Fred Foobar <fred@example.com>\r\nTo: test@example.com\r\nSubject: {subject}\r\n\r\nText of {subject}\r\n";
}
