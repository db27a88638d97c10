using System.Text;
using Imapd.Tests.Worker;
using Imapd.Worker.Commands;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>8-bit headers come from clients that have said they speak UTF-8 (RFC 6855 §4).</summary>
public sealed class HeaderOctetsTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.Start(Mail.Three);

    [TearDown]
    public void TearDown() => _server.Dispose();

    [TestCase("{21+}", "")]
    [TestCase("{21}", "")]
    [TestCase("UTF8 (~{21+}", ")")]
    public void Before_ENABLE_a_message_with_an_8_bit_header_is_refused_and_not_stored(string literal, string end)
    {
        _server.Client.Send($"a APPEND INBOX {literal}\r\n");
        if (!literal.Contains('+', StringComparison.Ordinal))
        {
            _server.Converse("S: + …");
        }

        _server.Client.Send($"Subject: gr\u00c3\u00bc\u00c3\u009fe\r\n\r\n.{end}\r\n").Converse("""
            S: a NO …UTF8=ACCEPT…
            C: b STATUS INBOX (MESSAGES)
            S: * STATUS INBOX (MESSAGES 3)
            S: b OK …
            """);
        Assert.That(Directory.GetFiles(Path.Combine(_server.MailRoot, "tmp")), Is.Empty);
    }

    [TestCase("UTF8=ACCEPT", "{21+}", "")]
    [TestCase("IMAP4rev2", "{21+}", "")]
    [TestCase("UTF8=ACCEPT", "UTF8 (~{21+}", ")")]
    public void After_ENABLE_it_is_stored_as_it_is(string capability, string literal, string end)
    {
        _server.Client.Command("e ENABLE " + capability);
        _server.Client.Send($"a APPEND INBOX {literal}\r\nSubject: gr\u00c3\u00bc\u00c3\u009fe\r\n\r\n.{end}\r\n").Converse("""
            S: * 4 EXISTS
            S: …
            S: a OK [APPENDUID …
            C: b FETCH 4 BODY[HEADER]
            """);
        _server.Client.Converse("S: * 4 FETCH (BODY[HEADER] {20}\nS: Subject: gr\u00c3\u00bc\u00c3\u009fe\nS: \nS: …)\nS: b OK …");
    }

    [Test]
    public void A_body_of_8_bit_text_is_taken_always()
    {
        _server.Client.Send("a APPEND INBOX {18+}\r\nSubject: x\r\n\r\n\u00c3\u00bc\r\n\r\n").Converse("""
            S: * 4 EXISTS
            S: …
            S: a OK …
            """);
    }

    [TestCase("a: b\r\nc: d\r\n\r\n\u00e4", false)]
    [TestCase("a: b\nc: d\n\n\u00e4", false)]
    [TestCase("\r\n\u00e4", false)]
    [TestCase("a: b\r\n \u00e4", true)]
    [TestCase("a: b\r\r\n\u00e4", true)]
    [TestCase("a: b\r\n\u00e4: d\r\n\r\n", true)]
    [TestCase("\u00e4", true)]
    [TestCase("", false)]
    public void The_header_ends_with_the_first_empty_line_however_it_arrives(string message, bool has8Bit)
    {
        byte[] octets = Encoding.Latin1.GetBytes(message);
        for (int piece = 1; piece <= octets.Length + 1; piece++)
        {
            var header = new HeaderOctets();
            foreach (byte[] chunk in octets.Chunk(piece))
            {
                header.Look(chunk);
            }

            Assert.That(header.Has8Bit, Is.EqualTo(has8Bit), $"In pieces of {piece}");
        }
    }
}
