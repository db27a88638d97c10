using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>A message of more than 4 GB, which numbers of 32 bits cannot tell of (RFC 9051 appendix D).</summary>
public sealed class LargeMessageTests
{
    private const long Octets = 5_000_000_000;

    private TestServer _server = null!;

    [SetUp]
    public void SetUp()
    {
        _server = TestServer.StartAlone(Mail.Three);
        string path = Path.Combine(_server.MailRoot, "cur", $"1700000000.M1P1Q1.mta.example,S={Octets},W={Octets}:2,");

        // All but the header is a hole: it takes no room on the disk.
        using FileStream file = File.Create(path);
        file.Write("Subject: large\r\n\r\n"u8);
        file.SetLength(Octets);
    }

    [TearDown]
    public void TearDown() => _server.Dispose();

    [Test]
    public void In_rev1_it_has_the_largest_size_there_is_and_is_read_in_pieces() => _server.LogIn().Converse("""
        C: a SELECT INBOX
        S: * 4 EXISTS
        S: …
        S: a OK …
        C: b FETCH 3:4 RFC822.SIZE
        S: * 3 FETCH (RFC822.SIZE 93)
        S: * 4 FETCH (RFC822.SIZE 4294967295)
        S: b OK …
        C: c FETCH 3:4 (RFC822.SIZE BODY.PEEK[TEXT])
        S: * 3 FETCH (RFC822.SIZE 93 BODY[TEXT] {15}
        S: Text of third
        S: )
        S: * 4 FETCH (RFC822.SIZE 4294967295)
        S: c NO [LIMIT] …
        C: d FETCH 4 (FLAGS BODYSTRUCTURE)
        S: * 4 FETCH (FLAGS ())
        S: d NO [LIMIT] …
        C: e FETCH 4 BODY.PEEK[]<0.7>
        S: * 4 FETCH (BODY[]<0> {7}
        S: Subject)
        S: e OK …
        C: f FETCH 4 BODY.PEEK[HEADER.FIELDS (Subject)]
        S: * 4 FETCH (BODY[HEADER.FIELDS (Subject)] {18}
        S: Subject: large
        S:
        S: )
        S: f OK …
        C: g SEARCH LARGER 4294967295
        S: * SEARCH 4
        S: g OK …
        """);

    [Test]
    public void In_rev2_it_has_its_size() => _server.LogIn().Converse("""
        C: a ENABLE IMAP4rev2
        S: …
        S: a OK …
        C: b SELECT INBOX
        S: …
        S: b OK …
        C: c FETCH 4 RFC822.SIZE
        S: * 4 FETCH (RFC822.SIZE 5000000000)
        S: c OK …
        C: d STATUS INBOX (SIZE)
        S: * STATUS INBOX (SIZE 500000…)
        S: d OK …
        """);
}
