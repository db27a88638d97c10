using Imapd.Protocol.Mime;
using NUnit.Framework;

namespace Imapd.Tests.Mime;

internal sealed class TransferDecoderTests
{
    [TestCase("BASE64", "aGk=", "hi", false)]
    [TestCase("base64", "aG\r\n k=\r\n", "hi", false)]
    [TestCase("base64", "aGlo", "hih", false)]
    [TestCase("base64", "aGk", "hi", true)]
    [TestCase("base64", "a", "", true)]
    [TestCase("base64", "aGk=aGk=", "hihi", false)]
    [TestCase("base64", "a*G%k=", "hi", true)]
    [TestCase("base64", "====", "", false)]
    [TestCase("base64", "", "", false)]
    [TestCase("quoted-printable", "a=20b=3D", "a b=", false)]
    [TestCase("quoted-printable", "a=\r\nb", "ab", false)]
    [TestCase("quoted-printable", "a= \t\r\nb", "ab", false)]
    [TestCase("quoted-printable", "a \t\r\nb ", "a\r\nb", false)]
    [TestCase("quoted-printable", "a b", "a b", false)]
    [TestCase("quoted-printable", "=c3=A4", "\u00c3\u00a4", false)]
    [TestCase("quoted-printable", "=XY=4", "=XY=4", true)]
    [TestCase("quoted-printable", "=4X==41", "=4X=A", true)]
    [TestCase("quoted-printable", "a=", "a", false)]
    [TestCase("7bit", "a=20\0\u00e4", "a=20\0\u00e4", false)]
    [TestCase("8BIT", "x", "x", false)]
    [TestCase("Binary", "x", "x", false)]
    public void A_transfer_encoding_is_undone_in_pieces_of_any_size(string encoding, string text, string expected, bool isDamaged)
    {
        foreach ((int inputOctets, int outputOctets) in new[] { (1, 1), (1, 100), (100, 1), (3, 2), (100, 100) })
        {
            TransferDecoder decoder = TransferDecoder.For(encoding)!;

            Assert.That(Scan.Text(Decode(decoder, Scan.Octets(text), inputOctets, outputOctets)), Is.EqualTo(expected));
            Assert.That(decoder.IsDamaged, Is.EqualTo(isDamaged));
        }
    }

    [TestCase("x-uuencode")]
    [TestCase("")]
    public void An_unknown_encoding_has_no_decoder(string encoding) => Assert.That(TransferDecoder.For(encoding), Is.Null);

    [Test]
    public void A_megabyte_of_spaces_is_text_if_no_line_ends_behind_it()
    {
        byte[] spaces = Scan.Octets(new string(' ', 1_000_000) + "x");

        Assert.That(Decode(TransferDecoder.For("quoted-printable")!, spaces, 8192, 8192), Has.Length.EqualTo(1_000_001));
    }

    [Test]
    public void Random_octets_are_encoded_and_decoded_again([Values(0, 1, 2, 3, 57, 10_000)] int length)
    {
        byte[] octets = new byte[length];
        new Random(length).NextBytes(octets);
        string text = Convert.ToBase64String(octets, Base64FormattingOptions.InsertLineBreaks);

        Assert.That(Decode(TransferDecoder.For("base64")!, Scan.Octets(text), 100, 37), Is.EqualTo(octets));
    }

    internal static byte[] Decode(TransferDecoder decoder, byte[] text, int inputOctets, int outputOctets)
    {
        var decoded = new List<byte>();
        byte[] output = new byte[outputOctets];
        int at = 0;
        while (true)
        {
            int length = Math.Min(inputOctets, text.Length - at);
            bool last = at + length == text.Length;
            int written = decoder.Decode(text.AsSpan(at, length), output, last, out int consumed);
            decoded.AddRange(output.AsSpan(0, written));
            at += consumed;
            if (last && at == text.Length && written == 0)
            {
                return [.. decoded];
            }
        }
    }
}
