using Imapd.Protocol.Mime;
using NUnit.Framework;

namespace Imapd.Tests.Mime;

internal sealed class MimeScannerTests
{
    private const string Mixed = "Content-Type: multipart/mixed; boundary=b\n\n";

    [TestCase("--b\n\none\n--b--\n", ExpectedResult = "one")]
    [TestCase("pre\n--b\n\none\n--b--\nepi\n", ExpectedResult = "one")]
    [TestCase("--b\n\none\n\n--b--\n", ExpectedResult = "one\n")]
    [TestCase("--b\n\none\r\n--b--\n", ExpectedResult = "one")]
    [TestCase("--b\n\none\r\r\n--b--\n", ExpectedResult = "one\r")]
    [TestCase("--b\n\none\n", ExpectedResult = "one\n")]
    [TestCase("--b\n\none", ExpectedResult = "one")]
    [TestCase("--b\n\none\n--b", ExpectedResult = "one")]
    [TestCase("--b \t\n\none\n--b-- \n", ExpectedResult = "one")]
    [TestCase("--b\n\none\n-- b\n-b\n --b\nx--b\n--b--", ExpectedResult = "one\n-- b\n-b\n --b\nx--b")]
    [TestCase("--b\n\n--b--\n", ExpectedResult = "")]
    [TestCase("--b\n\n\n--b--\n", ExpectedResult = "")]
    [TestCase("--b\n\n\n\n--b--\n", ExpectedResult = "\n")]
    [TestCase("--b\n--b--\n", ExpectedResult = "")]
    [TestCase("--b\nno blank line\n--b--\n", ExpectedResult = "")]
    [TestCase("--b\n\n\0\r\0\n--b--\n", ExpectedResult = "\0\r\0")]
    public string A_part_ends_where_its_boundary_begins(string body)
    {
        MimeEntity message = Scan.Message(Mixed + body);

        Assert.That(message.Parts, Has.Count.EqualTo(1));
        return Scan.Body(Mixed + body, message.Parts[0]);
    }

    [Test]
    public void A_header_cut_off_by_a_boundary_ends_in_front_of_the_line_end()
    {
        MimeEntity message = Scan.Message(Mixed + "--b\nContent-Type: text/html\n--b\nContent-Type: text/x\n\n--b--\n");

        Assert.Multiple(() =>
        {
            Assert.That(Scan.Text(message.Parts[0].Header.Span), Is.EqualTo("Content-Type: text/html"));
            Assert.That(message.Parts[0].Subtype, Is.EqualTo("html"));
            Assert.That(Scan.Text(message.Parts[1].Header.Span), Is.EqualTo("Content-Type: text/x\r\n"));
        });
    }

    [Test]
    public void Of_boundaries_that_begin_alike_the_longest_counts()
    {
        string text = "Content-Type: multipart/mixed; boundary=foo\n\n--foo\nContent-Type: multipart/x; boundary=foobar\n\n"
            + "--foobar\n\none\n--foobar\n\ntwo\n--foobar--\n--foo\n\nthree\n--foo--\n";

        Assert.Multiple(() =>
        {
            Assert.That(Scan.Body(text, 1, 1), Is.EqualTo("one"));
            Assert.That(Scan.Body(text, 1, 2), Is.EqualTo("two"));
            Assert.That(Scan.Body(text, 2), Is.EqualTo("three"));
        });
    }

    [Test]
    public void An_outer_boundary_that_begins_like_the_inner_one_ends_the_inner_part()
    {
        string text = "Content-Type: multipart/mixed; boundary=foobar\n\n--foobar\nContent-Type: multipart/x; boundary=foo\n\n"
            + "--foo\n\none\n--foobar\n\nthree\n--foobar--\n";

        Assert.Multiple(() =>
        {
            Assert.That(Scan.Body(text, 1, 1), Is.EqualTo("one"));
            Assert.That(Scan.Body(text, 2), Is.EqualTo("three"));
        });
    }

    [Test]
    public void Of_equal_boundaries_the_innermost_counts()
    {
        string text = Mixed + "--b\n" + Mixed + "--b\n\none\n--b--\n--b\n\nthree\n--b--\n";
        MimeEntity message = Scan.Message(text);

        Assert.Multiple(() =>
        {
            Assert.That(message.Parts, Has.Count.EqualTo(2));
            Assert.That(Scan.Body(text, 1, 1), Is.EqualTo("one"));
            Assert.That(Scan.Body(text, 2), Is.EqualTo("three"));
        });
    }

    [Test]
    public void Behind_the_closing_boundary_nothing_begins_a_part() =>
        Assert.That(Scan.Message(Mixed + "--b\n\none\n--b--\n--b\n\ntwo\n").Parts, Has.Count.EqualTo(1));

    [Test]
    public void The_end_of_an_outer_part_ends_all_parts_in_it()
    {
        string text = Mixed + "--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--b--\n";
        MimeEntity message = Scan.Message(text);

        Assert.That(
            new[] { message.Parts[0], message.Parts[0].Parts[0], message.Parts[0].Parts[0].Parts[0] }.Select(part => part.End),
            Is.All.EqualTo(message.Parts[0].End));
        Assert.That(Scan.Body(text, 1, 1), Is.EqualTo("one"));
    }

    [Test]
    public void Part_numbers_follow_the_example_of_the_RFC()
    {
        string text = Mixed
            + "--b\n\n1\n--b\nContent-Type: application/octet-stream\n\n2\n"
            + "--b\nContent-Type: message/rfc822\n\nSubject: in3\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\n3.1\n--c\n\n3.2\n--c--\n\n"
            + "--b\nContent-Type: multipart/mixed; boundary=d\n\n--d\nContent-Type: image/gif\n\n4.1\n"
            + "--d\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=e\n\n--e\n\n4.2.1\n"
            + "--e\nContent-Type: multipart/alternative; boundary=f\n\n--f\n\n4.2.2.1\n--f\n\n4.2.2.2\n--f--\n--e--\n--d--\n"
            + "--b\nContent-Type: message/rfc822\n\nSubject: in5\n\n5.1\n--b--\n";
        MimeEntity message = Scan.Message(text);

        Assert.Multiple(() =>
        {
            foreach (string number in "1 2 3.1 3.2 4.1 4.2.1 4.2.2.1 4.2.2.2 5.1".Split(' '))
            {
                int[] path = [.. number.Split('.').Select(int.Parse)];
                Assert.That(Scan.Body(text, path), Is.EqualTo(number));
            }

            Assert.That(message.FindPart([]), Is.SameAs(message));
            Assert.That(Scan.EnvelopeOf(message.FindPart([3])!.Parts[0]), Does.StartWith("(NIL \"in3\""));
            Assert.That(message.FindPart([0]), Is.Null);
            Assert.That(message.FindPart([6]), Is.Null);
            Assert.That(message.FindPart([1, 1]), Is.Null);
            Assert.That(message.FindPart([5, 2]), Is.Null);
            Assert.That(message.FindPart([5, 1, 1]), Is.Null);
        });
    }

    [Test]
    public void What_is_no_multipart_has_a_part_1()
    {
        MimeEntity plain = Scan.Message("Subject: x\n\nhi\n");
        MimeEntity forwarded = Scan.Message("Content-Type: message/rfc822\n\nSubject: in\n\nhi\n");

        Assert.Multiple(() =>
        {
            Assert.That(plain.FindPart([1]), Is.SameAs(plain));
            Assert.That(plain.FindPart([1, 1]), Is.Null);
            Assert.That(forwarded.FindPart([1]), Is.SameAs(forwarded));
            Assert.That(forwarded.FindPart([1, 1]), Is.SameAs(forwarded.Parts[0]));
        });
    }

    [Test]
    public void Offsets_count_a_bare_LF_as_CRLF_on_the_wire()
    {
        MimeEntity message = Scan.Message("A: b\n\nx\r\ny\n\r\n");

        Assert.Multiple(() =>
        {
            Assert.That(message.BodyStart, Is.EqualTo(new Offset(6, 8)));
            Assert.That(message.End, Is.EqualTo(new Offset(13, 16)));
            Assert.That(message.BodyLines, Is.EqualTo(3));
            Assert.That(Scan.Text(message.Header.Span), Is.EqualTo("A: b\r\n\r\n"));
        });
    }

    [Test]
    public void Offsets_are_equal_when_line_ends_are_as_they_are()
    {
        MimeEntity message = Scan.Message(Scan.Octets("A: b\n\nx\n"), lineEnds: LineEnds.AsIs);

        Assert.That(message.BodyStart, Is.EqualTo(new Offset(6, 6)));
        Assert.That(message.End, Is.EqualTo(new Offset(8, 8)));
    }

    [Test]
    public void Parts_beyond_the_limit_stay_in_the_last_one()
    {
        string text = Mixed + string.Concat(Enumerable.Range(1, 10).Select(n => $"--b\n\n{n}\n")) + "--b--\n";
        MimeEntity message = Scan.Message(text, new MimeLimits { MaxParts = 4 });

        Assert.Multiple(() =>
        {
            Assert.That(message.Parts, Has.Count.EqualTo(4));
            Assert.That(Scan.Body(text, message.Parts[2]), Is.EqualTo("3"));
            Assert.That(Scan.Body(text, message.Parts[3]), Does.StartWith("4\n--b\n\n5").And.EndsWith("10\n--b--\n"));
        });
    }

    [Test]
    public void Ten_thousand_parts_are_told_apart()
    {
        MimeEntity message = Scan.Message(Mixed + string.Concat(Enumerable.Repeat("--b\n\nx\n", 20_000)));

        Assert.That(message.Parts, Has.Count.EqualTo(10_000));
        Assert.That(Scan.Structure(message), Does.EndWith("\"mixed\")"));
    }

    [TestCase("Content-Type: message/rfc822\n\n")]
    [TestCase("Content-Type: multipart/mixed; boundary=b\n\n--b\n")]
    public void A_hundred_levels_are_told_apart_and_the_next_one_is_not_divided(string level)
    {
        MimeEntity at = Scan.Message(string.Concat(Enumerable.Repeat(level, 20_000)));
        string structure = Scan.Structure(at);
        int levels = 0;
        while (at.Parts.Count > 0)
        {
            at = at.Parts[0];
            levels++;
        }

        Assert.Multiple(() =>
        {
            Assert.That(levels, Is.EqualTo(100));
            Assert.That($"{at.Type}/{at.Subtype}", Is.EqualTo("APPLICATION/OCTET-STREAM"));
            Assert.That(structure.Count(c => c == '('), Is.EqualTo(structure.Count(c => c == ')')));
        });
    }

    [Test]
    public void Many_open_boundaries_do_not_make_a_line_dearer()
    {
        // 100 open boundaries that begin alike, and many lines that begin like them: compared one by one this is 100 times the
        // work.
        string text = string.Concat(Enumerable.Range(0, 100).Select(n =>
            $"Content-Type: multipart/mixed; boundary=\"{new string('a', 60)}{n:d3}\"\n\n--{new string('a', 60)}{n:d3}\n"))
            + string.Concat(Enumerable.Repeat("--" + new string('a', 61) + "\n", 300_000));

        MimeEntity message = Scan.Message(text);

        Assert.That(message.End.Raw, Is.EqualTo(text.Length));
    }

    [Test]
    public void Closed_multiparts_leave_nothing_behind_in_the_trie()
    {
        var trie = new BoundaryTrie();
        trie.Add("foo"u8, 1);
        trie.Add("foobar"u8, 2);
        trie.Add("foo"u8, 3);
        trie.Remove("foo"u8);
        trie.Remove("foobar"u8);
        int foo = "foo"u8.ToArray().Aggregate(BoundaryTrie.Root, trie.Step);

        Assert.That(trie.LevelAt(foo), Is.EqualTo(1));
        Assert.That(trie.Step(foo, (byte)'b'), Is.EqualTo(-1));
    }

    [Test]
    public void A_header_over_the_limit_keeps_its_first_fields_and_its_blank_line()
    {
        string text = $"Subject: x\nX-Long: {new string('y', 500)}\n and {new string('z', 500)}\nTo: a@b\n\nbody\n";
        MimeEntity message = Scan.Message(text, new MimeLimits { MaxHeaderOctets = 600 });

        Assert.Multiple(() =>
        {
            Assert.That(Scan.Text(message.Header.Span), Is.EqualTo("Subject: x\r\n\r\n"));
            Assert.That(Scan.Body(text, message), Is.EqualTo("body\n"));
        });
    }

    [Test]
    public void The_header_limit_is_shared_by_all_parts()
    {
        string part = $"--b\nX-Long: {new string('y', 500)}\n\nx\n";
        MimeEntity message = Scan.Message(
            Mixed + string.Concat(Enumerable.Repeat(part, 100)), new MimeLimits { MaxHeaderOctets = 10_000 });

        Assert.That(message.Parts, Has.Count.EqualTo(100));
        Assert.That(message.Parts.Sum(found => found.Header.Length), Is.LessThan(10_000));
    }

    [Test]
    public void A_line_of_megabytes_is_a_line()
    {
        string text = Mixed + "--b\n\n--" + new string('x', 8_000_000) + "\n--b--\n";

        Assert.That(Scan.Message(text).Parts[0].BodyWireOctets, Is.EqualTo(8_000_002));
    }
}
