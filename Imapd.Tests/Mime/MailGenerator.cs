using System.Text;

namespace Imapd.Tests.Mime;

/// <summary>Makes messages that are right by the RFCs: trees of every kind, every encoding. The same seed makes the same one.</summary>
internal sealed class MailGenerator(int seed)
{
    private readonly Random _random = new(seed);
    private int _boundaries;

    /// <summary>A message with CRLF line ends.</summary>
    public byte[] Message() =>
        Scan.Octets("MIME-Version: 1.0\r\nSubject: " + _random.Next() + "\r\n" + Entity(0));

    private string Entity(int level) => _random.Next(level > 4 ? 6 : 10) switch
    {
        < 6 => Leaf(),
        6 => "Content-Type: message/rfc822\r\n\r\nFrom: a@b\r\nSubject: inner\r\n" + Entity(level + 1),
        7 => Multipart("digest", level, "\r\nSubject: digested\r\n\r\nx\r\n"),
        _ => Multipart("mixed", level, null),
    };

    private string Multipart(string subtype, int level, string? only)
    {
        // Some boundaries are the beginning of others.
        string boundary = "=_b" + (_random.Next(3) == 0 ? "" : ".") + new string('x', ++_boundaries % 20) + _boundaries;
        var text = new StringBuilder($"Content-Type: multipart/{subtype};\r\n\tboundary=\"{boundary}\"\r\n\r\n");
        text.Append(_random.Next(2) == 0 ? "preamble\r\n-- \r\n" : "");
        int parts = _random.Next(1, 5);
        for (int i = 0; i < parts; i++)
        {
            text.Append($"--{boundary}{(_random.Next(4) == 0 ? " \t" : "")}\r\n{only ?? Entity(level + 1)}\r\n");
        }

        return text.Append($"--{boundary}--{(_random.Next(2) == 0 ? "\r\nepilogue\r\n" : "")}").ToString();
    }

    private string Leaf()
    {
        byte[] content = new byte[_random.Next(400)];
        _random.NextBytes(content);
        return _random.Next(5) switch
        {
            0 => "Content-Type: application/octet-stream; name=x\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks),
            1 => "Content-Type: image/png\r\nContent-Transfer-Encoding: BASE64\r\n\r\n" + Convert.ToBase64String(content) + "\r\n",
            2 => "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + QuotedPrintable(content),
            3 => "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + Lines(0xA0, 0x100),
            _ => "\r\n" + Lines(0x20, 0x7F),
        };
    }

    private string Lines(int from, int to)
    {
        var text = new StringBuilder();
        for (int line = _random.Next(6); line > 0; line--)
        {
            // A letter first, so that no line is a boundary.
            text.Append('L');
            for (int octet = _random.Next(100); octet > 0; octet--)
            {
                text.Append((char)_random.Next(from, to));
            }

            text.Append(line > 1 || _random.Next(2) == 0 ? "\r\n" : "");
        }

        return text.ToString();
    }

    private string QuotedPrintable(byte[] content)
    {
        var text = new StringBuilder();
        foreach (byte octet in content)
        {
            text.Append(octet is >= 0x30 and < 0x7F and not 0x3D && _random.Next(3) > 0
                ? ((char)octet).ToString()
                : "=" + octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            text.Append(_random.Next(40) switch
            {
                0 => "=\r\n",
                1 => "\r\n",
                _ => "",
            });
        }

        return text.ToString();
    }
}
