using System.Globalization;
using System.Text;

namespace Imapd.Tests.Differential.Mail;

/// <summary>
/// Makes letters as people send them, right by the RFCs: addresses, encoded headers, charsets, attachments. The same seed
/// makes the same one.
/// </summary>
internal sealed class LetterMaker(int seed)
{
    private static readonly string[] First = ["Anna", "Björn", "Chloé", "Dmitri", "Eva", "Željko", "Ola Q.", "Иван"];
    private static readonly string[] Last = ["Adams", "Öberg", "O'Neil", "van Dam", "Müller", "Šarić", "Smith, Jr.", "Петров"];
    private static readonly string[] Locals = ["anna", "b.oberg", "chloe+list", "d_m", "\"eva e\"", "info", "no-reply"];
    private static readonly string[] Domains = ["example.com", "mail.example.org", "[192.0.2.7]", "xn--bcher-kva.example"];
    private static readonly string[] Zones = ["+0000", "-0800", "+0200", "+0530", "-0330", "+1300"];
    private static readonly string[] Charsets = ["utf-8", "iso-8859-1", "windows-1252", "koi8-r", "iso-2022-jp", "us-ascii"];

    private readonly Random _random = new(seed);
    private int _parts;

    /// <summary>What subjects and texts are made of, and searches with them.</summary>
    public static IReadOnlyList<string> Words { get; } =
    [
        "apple", "Birne", "meeting", "offer", "Grüße", "naïve", "réunion", "Straße", "снег", "Москва", "日本", "rain",
        "invoice", "holiday", "zero", "WINDOW", "garden", "and", "the", "for",
    ];

    /// <summary>A message with LF line ends.</summary>
    public byte[] Letter()
    {
        var header = new List<string>
        {
            $"Date: {Date()}",
            $"From: {Person()}",
            $"To: {People()}",
            $"Subject: {Unstructured(Sentence(_random.Next(1, 9)))}",
            $"Message-ID: <{_random.Next()}.{_random.Next()}@{Domains[0]}>",
        };
        Maybe(3, () => header.Add($"Cc: {People()}"));
        Maybe(6, () => header.Add($"Bcc: {People()}"));
        Maybe(5, () => header.Add($"Reply-To: {Person()}"));
        Maybe(6, () => header.Add($"Sender: {Person()}"));
        Maybe(3, () => header.Add($"In-Reply-To: <{_random.Next()}@{Domains[1]}>"));
        Maybe(3, () => header.Add($"References: <{_random.Next()}@{Domains[1]}>\n <{_random.Next()}@{Domains[0]}>"));
        Maybe(4, () => header.Add($"X-Mailer: {Sentence(2)}".Normalize(NormalizationForm.FormC).Where(char.IsAscii).Aggregate("", static (text, c) => text + c)));
        Maybe(5, () => header.Add($"Received: from {Domains[1]} by {Domains[0]};\n\t{Date()}"));
        for (int at = header.Count - 1; at > 0; at--)
        {
            int other = _random.Next(at + 1);
            (header[at], header[other]) = (header[other], header[at]);
        }

        return Encoding.Latin1.GetBytes(string.Concat(header.Select(static field => field + "\n")) + "MIME-Version: 1.0\n" + Entity(0));
    }

    private string Entity(int level) => _random.Next(level > 2 ? 7 : 10) switch
    {
        < 6 => Text(),
        6 => Attachment(),
        7 => Multipart(level, "alternative"),
        8 => Multipart(level, "mixed"),
        _ => level == 0 ? Multipart(level, "mixed") : "Content-Type: message/rfc822\n\n" + Encoding.Latin1.GetString(new LetterMaker(_random.Next()).Letter()),
    };

    private string Multipart(int level, string subtype)
    {
        string boundary = string.Create(CultureInfo.InvariantCulture, $"----=_Part_{++_parts}_{_random.Next()}");
        var text = new StringBuilder($"Content-Type: multipart/{subtype};\n boundary=\"{boundary}\"\n");
        Maybe(4, () => text.Append("Content-Language: en\n"));
        text.Append('\n');
        Maybe(3, () => text.Append("This is a message in parts.\n"));
        for (int parts = _random.Next(1, 4); parts > 0; parts--)
        {
            text.Append(CultureInfo.InvariantCulture, $"--{boundary}\n{Entity(level + 1)}");
        }

        return text.Append(CultureInfo.InvariantCulture, $"\n--{boundary}--\n").ToString();
    }

    private string Text()
    {
        string name = Charsets[_random.Next(Charsets.Length)];
        Encoding charset = Imapd.Protocol.Mime.Charsets.Find(name)!;
        var lines = new StringBuilder();
        for (int line = _random.Next(12); line > 0; line--)
        {
            string sentence = Sentence(_random.Next(12));
            lines.Append(charset.GetString(charset.GetBytes(sentence)) == sentence ? sentence : "line of " + Words[0]).Append('\n');
        }

        byte[] octets = charset.GetBytes(lines.ToString());
        string fields = $"Content-Type: text/{(_random.Next(4) == 0 ? "html" : "plain")}; charset={Quoted(name)}{(_random.Next(4) == 0 ? "; format=flowed" : "")}\n";
        Maybe(6, () => fields += "Content-Disposition: inline\n");
        Maybe(8, () => fields += $"Content-ID: <{_random.Next()}@{Domains[0]}>\n");
        return fields + _random.Next(3) switch
        {
            // Text is encoded with its lines ended by CRLF (RFC 2045 §6.8).
            0 => "Content-Transfer-Encoding: base64\n\n" + Base64(charset.GetBytes(lines.ToString().Replace("\n", "\r\n", StringComparison.Ordinal))),
            1 => "Content-Transfer-Encoding: quoted-printable\n\n" + QuotedPrintable(octets),
            _ => "Content-Transfer-Encoding: 8bit\n\n" + Encoding.Latin1.GetString(octets),
        };
    }

    private string Attachment()
    {
        byte[] octets = new byte[_random.Next(600)];
        _random.NextBytes(octets);
        string name = _random.Next(3) switch
        {
            0 => "filename*=utf-8''" + Uri.EscapeDataString(Sentence(2)) + ".bin",
            1 => "filename*0*=utf-8''" + Uri.EscapeDataString(Sentence(1)) + ";\n filename*1=\".part\"; filename*2*=%20" + ".bin",
            _ => "filename=\"plain name.bin\"",
        };
        string fields = $"Content-Type: application/octet-stream; name=x{_random.Next(9)}\nContent-Disposition: attachment;\n {name}; size={octets.Length}\n";
        Maybe(4, () => fields += $"Content-Description: {Unstructured(Sentence(3))}\n");
        Maybe(6, () => fields += "Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==\n");
        Maybe(6, () => fields += "Content-Location: http://example.com/a\n");
        return fields + "Content-Transfer-Encoding: base64\n\n" + Base64(octets);
    }

    private string People()
    {
        string[] people = [.. Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Person())];
        return _random.Next(8) switch
        {
            0 => $"friends and family: {string.Join(", ", people)};",
            1 => "undisclosed-recipients:;",
            2 => string.Join(",\n\t", people),
            _ => string.Join(", ", people),
        };
    }

    private string Person()
    {
        string address = $"{Locals[_random.Next(Locals.Length)]}@{Domains[_random.Next(Domains.Length)]}";
        string name = $"{First[_random.Next(First.Length)]} {Last[_random.Next(Last.Length)]}";
        bool isAscii = name.All(char.IsAscii);
        return _random.Next(4) switch
        {
            0 => address,
            1 when isAscii => $"{address} ({name})",
            2 when isAscii => $"\"{name}\" <{address}>",
            2 => NamedMail.Utf8($"\"{name}\" <{address}>"),
            _ => $"{EncodedWord(name)} <{address}>",
        };
    }

    private string Date()
    {
        DateTime date = new DateTime(1999, 1, 1).AddMinutes(_random.Next(14_000_000)).AddSeconds(_random.Next(60));
        string day = _random.Next(4) == 0 ? "" : date.ToString("ddd, ", CultureInfo.InvariantCulture);
        string comment = _random.Next(5) == 0 ? " (local)" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{day}{date:d MMM yyyy HH:mm:ss} {Zones[_random.Next(Zones.Length)]}{comment}");
    }

    private string Sentence(int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Words[_random.Next(Words.Count)]));

    private string Unstructured(string text) => text.All(char.IsAscii)
        ? (_random.Next(3) == 0 ? text.Replace(" ", "\n ", StringComparison.Ordinal) : text)
        : _random.Next(4) == 0 ? NamedMail.Utf8(text) : EncodedWord(text);

    private string EncodedWord(string text) => _random.Next(2) == 0
        ? string.Join("\n ", text.Chunk(12).Select(static piece => $"=?utf-8?b?{Convert.ToBase64String(Encoding.UTF8.GetBytes(piece))}?="))
        : $"=?UTF-8?Q?{string.Concat(Encoding.UTF8.GetBytes(text).Select(static octet => char.IsAsciiLetterOrDigit((char)octet) ? ((char)octet).ToString() : octet == ' ' ? "_" : Hex(octet)))}?=";

    private string Quoted(string value) => _random.Next(2) == 0 ? value : $"\"{value}\"";

    private static string Base64(byte[] octets) => string.Concat(
        Convert.ToBase64String(octets).Chunk(76).Select(static line => new string(line) + "\n"));

    private static string QuotedPrintable(byte[] octets)
    {
        var text = new StringBuilder();
        int column = 0;
        foreach (byte octet in octets)
        {
            string piece = octet == '\n' ? "\n" : octet is >= 33 and < 127 and not 61 or 32 ? ((char)octet).ToString() : Hex(octet);
            if (octet != '\n' && column + piece.Length > 72)
            {
                text.Append("=\n");
                column = 0;
            }

            text.Append(piece);
            column = octet == '\n' ? 0 : column + piece.Length;
        }

        return text.ToString();
    }

    private static string Hex(byte octet) => "=" + octet.ToString("X2", CultureInfo.InvariantCulture);

    private void Maybe(int oneIn, Action act)
    {
        if (_random.Next(oneIn) == 0)
        {
            act();
        }
    }
}
