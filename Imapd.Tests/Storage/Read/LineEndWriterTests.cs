using System.Text;
using Imapd.Storage.Maildir.Read;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Read;

internal sealed class LineEndWriterTests
{
    [Test]
    public void A_bare_LF_becomes_CRLF_wherever_it_stands([Range(0, 70)] int octets)
    {
        var random = new Random(octets);
        for (int round = 0; round < 200; round++)
        {
            char[] choices = round % 2 == 0 ? ['\r', '\n', 'a'] : [.. "\r\nabcdefghijklmnop"];
            string text = new(random.GetItems(choices, octets));
            bool isAfterCr = round % 4 > 1;
            string whole = (isAfterCr ? "\r" : "") + text;
            string wire = whole.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);

            // A CR that came before is not written again.
            wire = isAfterCr ? wire[1..] : wire;
            byte[] room = new byte[octets * 2];
            int written = LineEndWriter.Write(Encoding.Latin1.GetBytes(text), room, isAfterCr);

            Assert.That(Encoding.Latin1.GetString(room, 0, written), Is.EqualTo(wire));
        }
    }
}
