using System.Globalization;
using System.Text;
using Imapd.Tests.Mime;

namespace Imapd.Tests.Differential.Mail;

/// <summary>All the mail that is compared, the same at every run.</summary>
internal static class ComparedMail
{
    private const int Letters = 220;
    private const int Trees = 120;
    private const int Heaps = 30;

    private static readonly string[] FlagLetters = ["", "S", "RS", "F", "DS", "FRST", "T", "Sa", "Fb", "ab"];

    /// <summary>Messages that are looked at from every side: named ones, letters, trees of parts, heaps of tokens.</summary>
    public static IReadOnlyList<NamedMail> Inbox { get; } =
    [
        .. AddressMail.All,
        .. HeaderMail.All,
        .. StructureMail.All,
        .. EncodingMail.All,
        .. MailCorpus.Odd.Select(static (text, at) => new NamedMail(Numbered("odd", at), text)),
        .. Enumerable.Range(0, Letters).Select(static seed => new NamedMail(Numbered("letter", seed), Ended(seed, new LetterMaker(seed).Letter()))),
        .. Enumerable.Range(0, Trees).Select(static seed => new NamedMail(Numbered("tree", seed), new MailGenerator(seed).Message())),
        .. Enumerable.Range(0, Heaps).Select(static seed => new NamedMail(Numbered("heap", seed), MailCorpus.Random(new Random(seed), 120))),
    ];

    /// <summary>Messages too large to be read for every search.</summary>
    public static IReadOnlyList<NamedMail> Large { get; } =
    [
        new("large-line", $"Subject: large\n\n{new string('x', 3_000_000)} needle\n"),
        new("large-header-line", $"Subject: {new string('x', 2_000_000)}\n\nneedle\n"),
        new("large-no-line-end", $"Subject: large\n\n{new string('x', 2_000_000)}"),
        new("large-base64-line", $"Subject: large\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n{Convert.ToBase64String(Encoding.ASCII.GetBytes(new string('y', 1_500_000) + "needle"))}"),
        new("large-nul", $"Subject: large\n\n{new string('\0', 1_000_000)}needle\n"),
        new("large-lines", $"Subject: large\n\n{string.Concat(Enumerable.Repeat("a line\n", 300_000))}needle\n"),
        new("large-parts", $"Content-Type: multipart/mixed; boundary=b\n\n{string.Concat(Enumerable.Range(0, 2000).Select(static n => $"--b\n\npart {n}\n"))}--b--\n"),
    ];

    /// <summary>Flags, as letters in the file name, of the message at a place.</summary>
    public static string FlagsOf(int place) => FlagLetters[place % FlagLetters.Length];

    /// <summary>When the message at a place was received: near midnight too.</summary>
    public static DateTime ReceivedOf(int place) => new DateTime(2019, 12, 25, 0, 0, 0, DateTimeKind.Utc).AddMinutes(place * 53L);

    private static string Numbered(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number:D3}");

    // Files have either line end, whatever the mail.
    private static byte[] Ended(int seed, byte[] message) => seed % 3 > 0
        ? message
        : Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(message).Replace("\n", "\r\n", StringComparison.Ordinal));
}
