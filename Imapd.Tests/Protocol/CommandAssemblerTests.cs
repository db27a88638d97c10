using System.Text;
using Imapd.Protocol.Wire;
using NUnit.Framework;

namespace Imapd.Tests.Protocol;

internal sealed class CommandAssemblerTests
{
    private static readonly CommandLimits Small = new(MaxLineOctets: 40, MaxLiteralOctets: 10, MaxLiteralsOctets: 15, MaxDepth: 8);

    private static readonly string[] Streams =
    [
        "a NOOP\r\nb NOOP\nc NOOP\r\n",
        "\r\n\n\r\r\nx\r\n",
        "a LOGIN {4}\r\nfred {3+}\r\na\nb\r\nb NOOP\r\n",
        "a LOGIN {0}\r\n {0+}\r\n\r\nb NOOP\r\n",
        "a LOGIN ~{2}\r\n\0\r \"x\"\r\nb NOOP\r\n",
        "a X {11+}\r\nb NOOP\r\n123 {3+}\r\nc\r\n tail\r\nd NOOP\r\n",
        "a X {11}\r\nb NOOP\r\n",
        "a X {10}\r\n0123456789 {5}\r\n01234 {0}\r\n\r\nb X {10+}\r\n0123456789 {6+}\r\n012345\r\nc NOOP\r\n",
        "a " + new string('x', 38) + "\r\nb " + new string('x', 39) + "\r\nc NOOP\r\n",
        "a " + new string('x', 500) + "\nb NOOP\r\n",
        "a " + new string('x', 500) + " {9+}\r\nb NOOP\r\n more\r\nc NOOP\r\n",
        "a " + new string('x', 30) + " {8+}\r\nb NOOP\r\n {2+}\r\nc \r\nd NOOP\r\n",
        "a " + new string('x', 34) + " {8+}\r\nb NOOP\r\n\r\nd NOOP\r\n",
        "a " + new string('x', 500) + " {9}\r\nb NOOP\r\n",
        "a X {8+}\r\n01234567 " + new string('y', 50) + "\r\nb NOOP\r\n",
        "a " + new string('x', 36) + "\r\r\nb " + new string('x', 37) + "\r\r\nb " + new string('x', 38) + "\r\r\nc NOOP\r\n",
        "a X {-1}\r\na X { 1}\r\na X {}\r\na X {01}\r\nza X {18446744073709551616}\r\n{1+}\r\nq\r\n",
    ];

    [TestCaseSource(nameof(Streams))]
    public void Any_pieces_give_the_same_commands(string text)
    {
        byte[] stream = Encoding.Latin1.GetBytes(text);
        foreach (Func<CommandAssembler, Decision> decide in new[] { AssemblerRun.ByLimits, StreamSmall, _ => Decision.Skip, _ => Decision.Refuse })
        {
            IReadOnlyList<string> whole = AssemblerRun.Events(stream, [], Small, decide);
            Assert.That(AssemblerRun.Events(stream, Enumerable.Repeat(1, stream.Length), Small, decide), Is.EqualTo(whole));
            for (int split = 0; split <= stream.Length; split++)
            {
                Assert.That(AssemblerRun.Events(stream, [split], Small, decide), Is.EqualTo(whole));
            }
        }

        static Decision StreamSmall(CommandAssembler assembler) =>
            assembler.Literal.Octets < 100 ? Decision.Stream : Decision.Refuse;
    }

    [TestCase("{4+}", "1234\r\n", AssemblerResult.Refused)]
    [TestCase("{5+}", "", AssemblerResult.TooLongToSkip)]
    [TestCase("{18446744073709551615+}", "", AssemblerResult.TooLongToSkip)]
    public void Literals_behind_one_that_is_read_away_are_bounded_together(string behind, string octets, AssemblerResult expected)
    {
        var assembler = new CommandAssembler(Small) { MostSkippedOctets = 10 };
        Assert.That(assembler.Offer("a x {6+}\r\n"u8, out _), Is.EqualTo(AssemblerResult.LiteralAnnounced));
        assembler.SkipLiteral();
        Assert.That(assembler.Offer(Encoding.ASCII.GetBytes($"123456 {behind}\r\n{octets}"), out _), Is.EqualTo(expected));
    }

    [Test]
    public void Lines_end_in_CRLF_or_LF()
    {
        Assert.That(
            AssemblerRun.Events("a NOOP\r\nb NOOP\n\r\nc\rd\r\n", Small),
            Is.EqualTo(new[] { "a|a NOOP", "b|b NOOP", "|", "|c\rd" }));
    }

    [Test]
    public void Literals_stand_in_the_command_behind_their_headers()
    {
        Assert.That(
            AssemblerRun.Events("a LOGIN {4}\nfred ~{3+}\r\n\r\n\0\r\nb NOOP\r\n", Small),
            Is.EqualTo(new[]
            {
                "a|Accept 4 of a LOGIN ",
                "a|Accept 3 of a LOGIN {4}\r\nfred ",
                "a|a LOGIN {4}\r\nfred ~{3+}\r\n\r\n\0",
                "b|b NOOP",
            }));
    }

    [Test]
    public void A_streamed_literal_leaves_its_announcement_in_the_command()
    {
        Assert.That(
            AssemblerRun.Events("a APPEND x {12}\r\nb NOOP\r\nabcd\r\nc NOOP\r\n", Small, _ => Decision.Stream),
            Is.EqualTo(new[] { "a|Stream 12 of a APPEND x ", "a|a APPEND x {12}\r\n", "c|c NOOP" }));
    }

    [Test]
    public void A_line_may_have_as_many_octets_as_the_limit_and_not_one_more()
    {
        string fits = "a " + new string('x', 38);
        Assert.That(
            AssemblerRun.Events($"{fits}\r\n{fits}x\r\nb NOOP\r\n", Small),
            Is.EqualTo(new[] { "a|" + fits, "a|LineTooLong", "b|b NOOP" }));
    }

    [Test]
    public void The_lines_between_literals_count_together()
    {
        Assert.That(
            AssemblerRun.Events("a " + new string('x', 20) + " {1+}\r\n1" + new string('y', 13) + "\r\nb NOOP\r\n", Small)[^2],
            Does.EndWith(new string('y', 13)));
        Assert.That(
            AssemblerRun.Events("a " + new string('x', 20) + " {1+}\r\n1" + new string('y', 14) + "\r\nb NOOP\r\n", Small)[^2],
            Is.EqualTo("a|LineTooLong"));
    }

    [Test]
    public void A_literal_may_have_as_many_octets_as_the_limit_and_not_one_more()
    {
        Assert.That(AssemblerRun.Events("a X {10}\r\n", Small), Is.EqualTo(new[] { "a|Accept 10 of a X " }));
        Assert.That(AssemblerRun.Events("a X {11}\r\n", Small), Is.EqualTo(new[] { "a|Refuse 11 of a X " }));
        Assert.That(AssemblerRun.Events("a X {10+}\r\n0123456789 {5}\r\n", Small)[^1], Does.StartWith("a|Accept 5"));
        Assert.That(AssemblerRun.Events("a X {10+}\r\n0123456789 {6}\r\n", Small)[^1], Does.StartWith("a|Refuse 6"));
    }

    [Test]
    public void The_literals_of_one_command_do_not_count_for_the_next()
    {
        IReadOnlyList<string> events = AssemblerRun.Events("a X {10+}\r\n0123456789\r\nb X {10}\r\n", Small);
        Assert.That(events[^1], Is.EqualTo("b|Accept 10 of b X "));
    }

    [Test]
    public void Octets_of_a_literal_behind_a_line_too_long_are_not_done_as_commands()
    {
        Assert.That(
            AssemblerRun.Events("a " + new string('x', 60) + " {12+}\r\nb DELETE x\r\n\r\nc NOOP\r\n", Small),
            Is.EqualTo(new[] { "a|LineTooLong", "c|c NOOP" }));
    }

    [Test]
    public void Octets_of_a_skipped_literal_are_not_done_as_commands()
    {
        Assert.That(
            AssemblerRun.Events("a X {13+}\r\nb DELETE x\r\n1 {7+}\r\nc DEL\n\r\nd NOOP\r\n", Small),
            Is.EqualTo(new[] { "a|Skip 13 of a X ", "a|Refused", "d|d NOOP" }));
    }

    [TestCase("{18446744073709551615+}", ulong.MaxValue)]
    [TestCase("{9223372036854775808}", 9223372036854775808UL)]
    [TestCase("{4294967296}", 4294967296UL)]
    [TestCase("{00000000000000000001}", 1UL)]
    public void A_literal_is_announced_with_up_to_64_bits(string header, ulong octets)
    {
        var assembler = new CommandAssembler(Small);
        byte[] line = Encoding.ASCII.GetBytes($"a X {header}\r\n");
        Assert.That(assembler.Offer(line, out int taken), Is.EqualTo(AssemblerResult.LiteralAnnounced));
        Assert.That((taken, assembler.Literal.Octets), Is.EqualTo((line.Length, octets)));
        Assert.That(assembler.LiteralFits, Is.EqualTo(octets == 1));
    }

    [TestCase("{18446744073709551616}")]
    [TestCase("{99999999999999999999}")]
    [TestCase("{000000000000000000001}")]
    [TestCase("{-1}")]
    [TestCase("{ 1}")]
    [TestCase("{1++}")]
    [TestCase("{1}+")]
    [TestCase("1}")]
    [TestCase("{1} ")]
    public void What_is_not_a_header_announces_nothing(string header)
    {
        Assert.That(AssemblerRun.Events($"a X {header}\r\n", Small), Is.EqualTo(new[] { $"a|a X {header}" }));
    }

    [Test]
    public void Discarding_takes_no_memory()
    {
        var assembler = new CommandAssembler(CommandLimits.AfterLogin);
        assembler.Offer("a X {18446744073709551615+}\r\n"u8, out _);
        assembler.SkipLiteral();
        byte[] piece = new byte[64 * 1024];
        assembler.Offer(piece, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            assembler.Offer(piece, out _);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(10_000));
    }

    [Test]
    public void What_a_command_held_is_overwritten()
    {
        var assembler = new CommandAssembler(CommandLimits.AfterLogin);
        assembler.Offer("a LOGIN fred secret\r\n"u8, out _);
        ReadOnlyMemory<byte> command = assembler.Command;
        assembler.Offer("b"u8, out _);
        Assert.That(Encoding.ASCII.GetString(command.Span), Does.Not.Contain("secret"));

        assembler.Offer(" LOGIN fred secret\r\n"u8, out _);
        command = assembler.Command;
        assembler.Reset();
        Assert.That(command.ToArray(), Is.All.Zero);
        Assert.That(assembler.Command.Length, Is.Zero);
    }

    [Test]
    public void Nothing_behind_a_command_is_taken()
    {
        var assembler = new CommandAssembler(CommandLimits.BeforeLogin);
        Assert.That(assembler.Offer("a STARTTLS\r\nb LOGIN x y\r\n"u8, out int taken), Is.EqualTo(AssemblerResult.Complete));
        Assert.That(taken, Is.EqualTo(12));
    }

    [Test]
    public void A_literal_beyond_the_limits_cannot_be_accepted_nor_an_announced_one_passed_over()
    {
        var assembler = new CommandAssembler(Small);
        assembler.Offer("a X {11}\r\n"u8, out _);
        Assert.That(assembler.AcceptLiteral, Throws.InvalidOperationException);
        Assert.That(() => assembler.Offer("x"u8, out _), Throws.InvalidOperationException);
        assembler.RefuseLiteral();
        Assert.That(assembler.SkipLiteral, Throws.InvalidOperationException);
        Assert.That(assembler.Offer("b NOOP\r\n"u8, out _), Is.EqualTo(AssemblerResult.Complete));
    }

    [TestCase("a]b^c NOOP", "a]b^c")]
    [TestCase("a", "a")]
    [TestCase("", null)]
    [TestCase("+ x", null)]
    [TestCase("a+ x", null)]
    [TestCase("a\u0001 x", null)]
    [TestCase("\u00FFa x", null)]
    public void A_tag_is_seen_where_there_is_one(string line, string? tag)
    {
        Assert.That(AssemblerRun.Events(line + "\r\n", Small)[0], Is.EqualTo($"{tag}|{line}"));
    }

    [Test]
    public void A_tag_too_long_is_none()
    {
        string tag = new('t', 64);
        Assert.That(AssemblerRun.Events($"{tag} x\r\n", CommandLimits.BeforeLogin)[0], Does.StartWith(tag + "|"));
        Assert.That(AssemblerRun.Events($"t{tag} x\r\n", CommandLimits.BeforeLogin)[0], Does.StartWith("|"));
    }
}
