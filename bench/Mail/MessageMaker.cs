using System.Buffers;
using System.Globalization;
using System.Text;

namespace Imapd.Bench.Mail;

/// <summary>
/// Messages as they lie in a mailbox: about half plain text, a third text with HTML, the rest with an attachment, under headers
/// with the trace and signature fields of real mail. LF ends lines, as local delivery writes them.
/// </summary>
internal static class MessageMaker
{
    /// <summary>One message in a hundred has it in its body, and nothing else has.</summary>
    public const string RareWord = "marzipan";

    private const int Senders = 200;

    private static readonly DateTimeOffset _oldest = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>When message <paramref name="number"/> of <paramref name="count"/> came: two years, evenly.</summary>
    public static DateTimeOffset DateOf(int number, int count) => _oldest.AddSeconds((long)(TimeSpan.FromDays(730).TotalSeconds / count * number));

    /// <summary>A message of the realistic mix.</summary>
    public static ReadOnlySpan<byte> Mixed(ArrayBufferWriter<byte> buffer, int number, int count)
    {
        var dice = new Dice(100_000_000UL + (ulong)number);
        buffer.ResetWrittenCount();
        WriteHeader(buffer, ref dice, number, DateOf(number, count));
        string rare = dice.Percent(1) ? $"There is {RareWord} in it.\n" : "";
        switch (dice.Below(100))
        {
            case < 55:
                Write(buffer, $"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{rare}");
                buffer.Write(Prose.Cut(Prose.Plain, ref dice, 500 + dice.Below(3500)));
                break;
            case < 87:
                WriteAlternative(buffer, ref dice, rare, $"alt-{number}", 1000 + dice.Below(3000), 3000 + dice.Below(9000));
                break;
            default:
                WriteWithAttachment(buffer, ref dice, rare, number);
                break;
        }
        return buffer.WrittenSpan;
    }

    /// <summary>A note of a few lines.</summary>
    public static ReadOnlySpan<byte> Small(ArrayBufferWriter<byte> buffer, int number, int count)
    {
        var dice = new Dice(200_000_000UL + (ulong)number);
        buffer.ResetWrittenCount();
        Write(buffer, $"From: {Sender(ref dice)}\nTo: me@example.org\nSubject: {Prose.Word(ref dice)} {number}\n"
            + $"Date: {Rfc5322(DateOf(number, count))}\nMessage-ID: <small-{number}@example.net>\n\n");
        buffer.Write(Prose.Cut(Prose.Plain, ref dice, 50));
        return buffer.WrittenSpan;
    }

    /// <summary>One attachment of about this many octets.</summary>
    public static ReadOnlySpan<byte> Large(ArrayBufferWriter<byte> buffer, int octets)
    {
        var dice = new Dice(300_000_000);
        buffer.ResetWrittenCount();
        WriteHeader(buffer, ref dice, 0, _oldest);
        Write(buffer, "Content-Type: multipart/mixed; boundary=\"large\"\n\n--large\nContent-Type: text/plain\n\nThe film.\n"
            + "--large\nContent-Type: video/mp4; name=\"film.mp4\"\nContent-Disposition: attachment; filename=\"film.mp4\"\n"
            + "Content-Transfer-Encoding: base64\n\n");
        while (buffer.WrittenCount < octets)
        {
            buffer.Write(Prose.Cut(Prose.Base64, ref dice, 500_000));
        }
        Write(buffer, "--large--\n");
        return buffer.WrittenSpan;
    }

    private static void WriteHeader(ArrayBufferWriter<byte> buffer, ref Dice dice, int number, DateTimeOffset date)
    {
        string sender = Sender(ref dice);
        string subject = dice.Percent(15)
            ? $"=?utf-8?Q?{Prose.Word(ref dice)}_=C3=BCber_{Prose.Word(ref dice)}?= {number}"
            : $"{Prose.Word(ref dice)} {Prose.Word(ref dice)} {Prose.Word(ref dice)} {number}";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Return-Path: <bounce-{number}@mail.example.net>\nDelivered-To: me@example.org\n");
        for (int hop = 0; hop < 3; hop++)
        {
            text.Append(CultureInfo.InvariantCulture, $"Received: from mx{dice.Below(90)}.example.net (mx.example.net [192.0.2.{dice.Below(255)}])\n")
                .Append(CultureInfo.InvariantCulture, $"\tby relay{hop}.example.org (Postfix) with ESMTPS id {dice.Below(1 << 30):X8}\n")
                .Append(CultureInfo.InvariantCulture, $"\tfor <me@example.org>; {Rfc5322(date)}\n");
        }
        text.Append("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.net; s=mail;\n\th=from:to:subject:date:message-id; bh=")
            .Append(Encoding.ASCII.GetString(Prose.Base64, dice.Below(5000) * 77, 43)).Append("=;\n\tb=")
            .Append(Encoding.ASCII.GetString(Prose.Cut(Prose.Base64, ref dice, 230)).TrimEnd('\n').Replace("\n", "\n\t ", StringComparison.Ordinal))
            .Append('\n')
            .Append(CultureInfo.InvariantCulture, $"Date: {Rfc5322(date)}\nFrom: {sender}\nTo: Me Myself <me@example.org>\n");
        if (dice.Percent(30))
        {
            text.Append(CultureInfo.InvariantCulture, $"Cc: {Sender(ref dice)},\n\t{Sender(ref dice)}\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"Subject: {subject}\nMessage-ID: <{number}.{dice.Below(1 << 30)}@example.net>\n");
        if (dice.Percent(50) && number > 0)
        {
            int earlier = number - 1 - dice.Below(Math.Min(number, 50));
            text.Append(CultureInfo.InvariantCulture, $"In-Reply-To: <{earlier}.0@example.net>\nReferences: <{earlier / 2}.0@example.net>\n\t<{earlier}.0@example.net>\n");
        }
        text.Append("User-Agent: Example Mail 12.3\nMIME-Version: 1.0\n");
        Write(buffer, text.ToString());
    }

    private static void WriteAlternative(ArrayBufferWriter<byte> buffer, ref Dice dice, string rare, string boundary, int textOctets, int htmlOctets)
    {
        Write(buffer, $"Content-Type: multipart/alternative; boundary=\"{boundary}\"\n\n--{boundary}\n"
            + $"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{rare}");
        buffer.Write(Prose.Cut(Prose.Plain, ref dice, textOctets));
        Write(buffer, $"--{boundary}\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<html><body>\n");
        buffer.Write(Prose.Cut(Prose.Html, ref dice, htmlOctets));
        Write(buffer, $"</body></html>\n--{boundary}--\n");
    }

    private static void WriteWithAttachment(ArrayBufferWriter<byte> buffer, ref Dice dice, string rare, int number)
    {
        Write(buffer, $"Content-Type: multipart/mixed; boundary=\"mix-{number}\"\n\n--mix-{number}\n");
        WriteAlternative(buffer, ref dice, rare, $"in-{number}", 500 + dice.Below(1000), 1000 + dice.Below(2000));
        string kind = dice.Of(["application/pdf", "image/jpeg", "application/zip"]);
        Write(buffer, $"--mix-{number}\nContent-Type: {kind}; name=\"file{number}\"\nContent-Transfer-Encoding: base64\n"
            + $"Content-Disposition: attachment; filename=\"file{number}\"\n\n");
        buffer.Write(Prose.Cut(Prose.Base64, ref dice, 8_000 + dice.Below(46_000)));
        Write(buffer, $"--mix-{number}--\n");
    }

    private static string Sender(ref Dice dice)
    {
        int number = dice.Below(Senders);
        return $"\"Sender No. {number}\" <sender{number}@example.{(number % 3 == 0 ? "com" : "net")}>";
    }

    private static string Rfc5322(DateTimeOffset date) => date.ToString("ddd, d MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);

    private static void Write(ArrayBufferWriter<byte> buffer, string text)
    {
        Span<byte> octets = buffer.GetSpan(text.Length);
        buffer.Advance(Encoding.ASCII.GetBytes(text, octets));
    }
}
