using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using NUnit.Framework;

namespace Imapd.Tests.Protocol;

internal sealed class ResponseWriterTests
{
    [TestCase("abc", "\"abc\"")]
    [TestCase("", "\"\"")]
    [TestCase("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [TestCase("a\r\nb", "{4}\r\na\r\nb")]
    [TestCase("a\0b", "~{3}\r\na\0b")]
    [TestCase("é", "{2}\r\né")]
    public void A_string_is_quoted_where_that_can_be(string text, string written)
    {
        Assert.That(OctetCollector.WrittenText(writer => writer.Text(text)), Is.EqualTo(written));
    }

    [Test]
    public void UTF_8_is_quoted_once_the_client_asked_for_it_and_only_if_valid()
    {
        Assert.That(OctetCollector.WrittenText(writer => writer.Text("é"), utf8: true), Is.EqualTo("\"é\""));
        Assert.That(OctetCollector.Written(writer => writer.String([0xC3]), utf8: true), Is.EqualTo("{1}\r\n\u00C3"u8[..5].ToArray().Append((byte)0xC3)));
    }

    [Test]
    public void A_long_string_is_a_literal()
    {
        Assert.That(OctetCollector.WrittenText(writer => writer.Text(new string('x', 1024))), Does.StartWith("\"x"));
        Assert.That(OctetCollector.WrittenText(writer => writer.Text(new string('x', 1025))), Does.StartWith("{1025}\r\nx"));
    }

    [TestCase("abc", "abc")]
    [TestCase("", "\"\"")]
    [TestCase("nil", "\"nil\"")]
    [TestCase("a b", "\"a b\"")]
    [TestCase("a*", "\"a*\"")]
    [TestCase("a(", "\"a(\"")]
    public void An_astring_is_bare_where_that_can_be(string text, string written)
    {
        Assert.That(OctetCollector.WrittenText(writer => writer.AString(text)), Is.EqualTo(written));
    }

    [Test]
    public void Strings_come_back_from_the_parser()
    {
        Prop.ForAll<byte[], bool>((octets, utf8) =>
        {
            byte[] withoutNul = [.. octets.Where(octet => octet != 0)];
            byte[] asString = OctetCollector.Written(writer => writer.String(withoutNul), utf8);
            byte[] asAString = OctetCollector.Written(writer => writer.AString(withoutNul), utf8);
            return new CommandReader(asString, 1).ReadString().Span.SequenceEqual(withoutNul)
                && new CommandReader(asAString, 1).ReadAString().Span.SequenceEqual(withoutNul);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Texts_and_mailbox_names_come_back_from_the_parser()
    {
        Prop.ForAll<string, bool>((text, utf8) =>
        {
            if (text is null || text.Contains('\0', StringComparison.Ordinal)
                || !MailboxName.TryCreate(text, out MailboxName? name, out _))
            {
                return true;
            }

            byte[] written = OctetCollector.Written(writer => writer.Mailbox(name!), utf8);
            byte[] asText = OctetCollector.Written(writer => writer.Text(name!.Value), utf8);
            return MailboxGrammar.Read(new CommandReader(written, 1), utf8) == name
                && Encoding.UTF8.GetString(new CommandReader(asText, 1).ReadString().Span) == name!.Value;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Test]
    public void Flags_are_written_with_the_keywords_of_the_table()
    {
        string Flags(MessageFlags flags, bool recent) =>
            OctetCollector.WrittenText(writer => writer.Flags(flags, ["$a", "b"], recent));
        Assert.That(Flags(default, false), Is.EqualTo("()"));
        Assert.That(Flags(default, true), Is.EqualTo("(\\Recent)"));
        Assert.That(
            Flags(new MessageFlags((SystemFlags)31, 0xFFFFFFFF), true),
            Is.EqualTo("(\\Answered \\Flagged \\Deleted \\Seen \\Draft \\Recent $a b)"));
        Assert.That(Flags(new MessageFlags(SystemFlags.None, 2), false), Is.EqualTo("(b)"));
    }

    [Test]
    public void Keywords_that_are_no_atoms_are_not_written()
    {
        string[] table = ["a b", "c", "", "d)", "\\Seen", "käse", "e\r\n* BYE"];
        Assert.That(
            OctetCollector.WrittenText(writer => writer.Flags(new MessageFlags(SystemFlags.None, 127), table, recent: false)),
            Is.EqualTo("(c)"));
    }

    [TestCase("", "-")]
    [TestCase("done", "done")]
    [TestCase("a\r\nb OK x\0\u001b\u0085", "a  b OK x   ")]
    [TestCase("[ALERT] x", "(ALERT] x")]
    [TestCase("größe 😀", "gr??e ?")]
    [TestCase("no mailbox {3}", "no mailbox {3)")]
    public void Text_for_people_stays_on_its_line(string text, string written)
    {
        Assert.That(OctetCollector.WrittenText(writer => writer.HumanText(text)), Is.EqualTo(written));
    }

    [Test]
    public void Text_for_people_is_UTF_8_once_the_client_asked_for_it()
    {
        Assert.That(OctetCollector.WrittenText(writer => writer.HumanText("größe 😀"), utf8: true), Is.EqualTo("größe 😀"));
    }

    [Test]
    public void Small_pieces_are_handed_on_together_and_large_ones_whole()
    {
        var collector = new OctetCollector();
        var writer = new ResponseWriter(collector);
        writer.Raw("* ").Number(ulong.MaxValue).Sp().NString(null).Sp().NString("x"u8.ToArray()).Crlf();
        Assert.That(collector.Writes, Is.Zero);
        writer.Flush();
        writer.Flush();
        Assert.That(collector.Writes, Is.EqualTo(1));
        Assert.That(collector.Text, Is.EqualTo("* 18446744073709551615 NIL \"x\"\r\n"));

        byte[] large = new byte[100_000];
        writer.LiteralHeader(large.Length).Raw(large).Raw(new string('y', 40_000)).Flush();
        Assert.That(collector.Octets, Has.Length.EqualTo(33 + "{100000}\r\n".Length + 100_000 + 40_000 - 1));
        Assert.That(collector.Writes, Is.LessThan(10));
    }
}
