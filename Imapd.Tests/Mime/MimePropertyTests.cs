using Imapd.Protocol.Mime;
using Imapd.Tests.Protocol;
using NUnit.Framework;

namespace Imapd.Tests.Mime;

internal sealed class MimePropertyTests
{
    private static IEnumerable<byte[]> Messages() =>
        MailCorpus.Odd.Select(Scan.Octets).Concat(
            Enumerable.Range(0, 300).Select(seed => MailCorpus.Random(new Random(seed), 10 + (seed % 150))));

    [Test]
    public void Every_cutting_into_pieces_gives_the_same_tree()
    {
        int seed = 0;
        foreach (byte[] message in Messages())
        {
            string whole = Scan.Describe(Scan.Message(message));
            var random = new Random(seed++);

            Assert.That(Scan.Describe(Scan.Message(message, pieceOctets: () => 1)), Is.EqualTo(whole));
            Assert.That(Scan.Describe(Scan.Message(message, pieceOctets: () => random.Next(1, 9))), Is.EqualTo(whole));
        }
    }

    [Test]
    public void A_scanner_that_went_through_other_messages_sees_what_a_new_one_sees()
    {
        var limits = new MimeLimits { MaxDepth = 5, MaxParts = 20, MaxHeaderOctets = 500 };
        var scanner = new MimeScanner(LineEnds.AsIs, limits);
        int seed = 0;
        foreach (byte[] message in Messages())
        {
            LineEnds lineEnds = seed % 3 == 0 ? LineEnds.AsIs : LineEnds.LfIsCrlf;
            scanner.Begin(lineEnds);
            scanner.Feed(message);
            if (seed++ % 5 == 0)
            {
                // Nobody asked for the end of that one.
                continue;
            }

            Assert.That(
                Scan.Describe(scanner.Finish()), Is.EqualTo(Scan.Describe(Scan.Message(message, limits, lineEnds))));
        }
    }

    [Test]
    public void A_file_with_LF_and_one_with_CRLF_are_the_same_on_the_wire()
    {
        foreach (byte[] message in Messages())
        {
            byte[] withLf = Scan.Octets(Scan.Text(message).Replace("\r", "", StringComparison.Ordinal));
            byte[] withCrlf = Scan.Octets(Scan.Text(withLf).Replace("\n", "\r\n", StringComparison.Ordinal));
            MimeEntity lf = Scan.Message(withLf);
            MimeEntity crlf = Scan.Message(withCrlf);

            Assert.That(Scan.Describe(WireOnly(lf)), Is.EqualTo(Scan.Describe(WireOnly(crlf))));
            Assert.That(Scan.Structure(lf, extended: true), Is.EqualTo(Scan.Structure(crlf, extended: true)));
            Assert.That(Scan.EnvelopeOf(lf), Is.EqualTo(Scan.EnvelopeOf(crlf)));
        }
    }

    [Test]
    public void Offsets_lie_in_order_and_agree_with_the_octets_between_them()
    {
        foreach (byte[] message in Messages())
        {
            MimeEntity root = Scan.Message(message);
            Assert.That(root.End, Is.EqualTo(new Offset(message.Length, WireOctets(message))));
            foreach (MimeEntity entity in All(root))
            {
                Assert.That(entity.HeaderStart.Raw, Is.LessThanOrEqualTo(entity.BodyStart.Raw));
                Assert.That(entity.BodyStart.Raw, Is.LessThanOrEqualTo(entity.End.Raw));
                Assert.That(entity.Header.ToArray(), Is.EqualTo(Wire(message, entity.HeaderStart, entity.BodyStart)));
                byte[] body = Wire(message, entity.BodyStart, entity.End);
                Assert.That(body, Has.Length.EqualTo(entity.BodyWireOctets));
                Assert.That(body.Count(octet => octet == '\n'), Is.EqualTo(entity.BodyLines));
                foreach (MimeEntity part in entity.Parts)
                {
                    Assert.That(part.HeaderStart.Raw, Is.GreaterThanOrEqualTo(entity.BodyStart.Raw));
                    Assert.That(part.End.Raw, Is.LessThanOrEqualTo(entity.End.Raw));
                }
            }
        }
    }

    [Test]
    public void No_octets_make_anything_fail_and_what_is_written_is_well_formed()
    {
        for (int seed = 1000; seed < 3000; seed++)
        {
            var random = new Random(seed);
            byte[] message = MailCorpus.Random(random, random.Next(200));
            if (seed % 4 == 0)
            {
                random.NextBytes(message);
            }

            MimeEntity root = Scan.Message(message, new MimeLimits { MaxDepth = 5, MaxParts = 20, MaxHeaderOctets = 500 });
            AssertWellFormed(OctetCollector.Written(writer => BodyStructure.Write(writer, root, extended: true)));
            foreach (MimeEntity entity in All(root))
            {
                AssertWellFormed(OctetCollector.Written(writer => Envelope.Write(writer, entity.Header)));
                foreach ((_, ReadOnlyMemory<byte> value) in HeaderFields.Enumerate(entity.Header))
                {
                    Assert.That(HeaderText.Decode(value.Span), Has.Length.LessThanOrEqualTo(3 * value.Length));
                    _ = MailDate.TryParse(value.Span, out _);
                }
            }

            foreach (string encoding in new[] { "base64", "quoted-printable" })
            {
                byte[] decoded = TransferDecoderTests.Decode(TransferDecoder.For(encoding)!, message, 16, 16);
                Assert.That(decoded.Length, Is.LessThanOrEqualTo(message.Length));
            }
        }
    }

    [Test]
    public void A_message_told_of_as_it_is_has_equal_offsets()
    {
        foreach (byte[] message in Messages())
        {
            foreach (MimeEntity entity in All(Scan.Message(message, lineEnds: LineEnds.AsIs)))
            {
                Assert.That(entity.BodyStart.Wire, Is.EqualTo(entity.BodyStart.Raw));
                Assert.That(entity.End.Wire, Is.EqualTo(entity.End.Raw));
            }
        }
    }

    private static IEnumerable<MimeEntity> All(MimeEntity root) => root.Parts.SelectMany(All).Prepend(root);

    private static int WireOctets(ReadOnlySpan<byte> raw)
    {
        int octets = raw.Length;
        for (int at = 0; at < raw.Length; at++)
        {
            octets += raw[at] == '\n' && (at == 0 || raw[at - 1] != '\r') ? 1 : 0;
        }

        return octets;
    }

    private static byte[] Wire(byte[] raw, Offset start, Offset end)
    {
        var wire = new List<byte>();
        for (long at = start.Raw; at < end.Raw; at++)
        {
            if (raw[at] == '\n' && (at == 0 || raw[at - 1] != '\r'))
            {
                wire.Add((byte)'\r');
            }

            wire.Add(raw[at]);
        }

        return [.. wire];
    }

    // The same tree with raw offsets taken out.
    private static MimeEntity WireOnly(MimeEntity entity)
    {
        var copy = new MimeEntity(new Offset(0, entity.HeaderStart.Wire))
        {
            BodyStart = new Offset(0, entity.BodyStart.Wire),
            End = new Offset(0, entity.End.Wire),
            BodyLines = entity.BodyLines,
            Header = entity.Header,
            ContentType = entity.ContentType,
            TransferEncoding = entity.TransferEncoding,
        };
        foreach (MimeEntity part in entity.Parts)
        {
            copy.Add(WireOnly(part));
        }

        return copy;
    }

    // Balanced parentheses outside strings, strings that end, no empty list, no line end outside a literal.
    private static void AssertWellFormed(ReadOnlySpan<byte> response)
    {
        int depth = 0;
        for (int at = 0; at < response.Length; at++)
        {
            switch (response[at])
            {
                case (byte)'"':
                    at++;
                    while (response[at] != '"')
                    {
                        Assert.That(response[at], Is.InRange(1, 127).And.Not.EqualTo('\r').And.Not.EqualTo('\n'));
                        at += response[at] == '\\' ? 2 : 1;
                    }

                    break;
                case (byte)'{':
                    int end = response[at..].IndexOf("}\r\n"u8);
                    int octets = int.Parse(response.Slice(at + 1, end - 1), System.Globalization.CultureInfo.InvariantCulture);
                    Assert.That(response.Slice(at + end + 3, octets).IndexOf((byte)0), Is.EqualTo(-1));
                    at += end + 2 + octets;
                    break;
                case (byte)'(':
                    depth++;
                    Assert.That(response[at + 1], Is.Not.EqualTo(')'));
                    break;
                case (byte)')':
                    depth--;
                    break;
                default:
                    Assert.That(" NIL0123456789".Contains((char)response[at], StringComparison.Ordinal), Is.True);
                    break;
            }

            Assert.That(depth, Is.GreaterThanOrEqualTo(at == response.Length - 1 ? 0 : 1));
        }

        Assert.That(depth, Is.Zero);
    }
}
