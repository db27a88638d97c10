using Imapd.Tests.Worker;
using NUnit.Framework;

namespace Imapd.Tests.Conformance;

/// <summary>Flags and keywords, and which of them last (RFC 9051 §2.3.2, §7.1 PERMANENTFLAGS).</summary>
public sealed class FlagConformanceTests
{
    private TestServer _server = null!;

    [SetUp]
    public void SetUp() => _server = TestServer.Start(Mail.Three);

    [TearDown]
    public void TearDown() => _server.Dispose();

    [TestCase("$Forwarded")]
    [TestCase("$MDNSent")]
    [TestCase("$Junk")]
    [TestCase("$NotJunk")]
    [TestCase("$Phishing")]
    public void A_keyword_of_the_RFC_is_kept_by_APPEND_COPY_and_MOVE_and_found_by_SEARCH(string keyword) => _server.Converse($$"""
        C: a CREATE Work
        S: a OK …
        C: b APPEND INBOX ({{keyword}}) {14+}
        C: Subject: x
        C:
        C:
        S: …
        S: b OK …
        C: c SEARCH KEYWORD {{keyword}}
        S: * SEARCH 4
        S: c OK …
        C: d COPY 4 Work
        S: d OK …
        C: e MOVE 4 Work
        S: …
        S: e OK …
        C: f SELECT Work
        S: …
        S: f OK …
        C: g SEARCH KEYWORD {{keyword}}
        S: * SEARCH 1 2
        S: g OK …
        C: h SEARCH UNKEYWORD {{keyword}}
        S: * SEARCH
        S: h OK …
        """);

    [Test]
    public void Flags_are_seen_by_other_sessions_and_by_later_ones()
    {
        _server.Converse("""
            C: a STORE 2 FLAGS (\Answered \Flagged \Draft Work)
            S: …
            S: a OK …
            """);
        _server.LogIn().Converse("""
            C: b SELECT INBOX
            S: …
            S: b OK …
            C: c FETCH 2 FLAGS
            S: * 2 FETCH (FLAGS (\Answered \Flagged \Draft Work))
            S: c OK …
            """);
    }

    [Test]
    public void When_no_keyword_more_can_be_made_PERMANENTFLAGS_says_so()
    {
        for (int i = 0; i < 25; i++)
        {
            _server.Client.Command($"a STORE 1 +FLAGS.SILENT (k{i})");
        }

        _server.Converse("""
            C: b STORE 1 +FLAGS.SILENT (k25)
            S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft k0 … k25)
            S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft k0 … k25)] …
            S: b OK …
            C: c STORE 1 +FLAGS (k26)
            S: c NO [LIMIT] …
            C: d SELECT INBOX
            S: * OK [CLOSED] …
            S: * 3 EXISTS
            S: * 0 RECENT
            S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft k0 … k25)
            S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft k0 … k25)] …
            S: …
            S: d OK …
            """);
    }

    [TestCase("\\*")]
    [TestCase("(\\Draft \\*)")]
    [TestCase("(wo%rk)")]
    [TestCase("(\"work\")")]
    public void What_is_no_flag_is_BAD_and_changes_nothing(string flags) => _server.Converse($"""
        C: a STORE 1 FLAGS {flags}
        S: a BAD …
        C: b FETCH 1 FLAGS
        S: * 1 FETCH (FLAGS (\Seen))
        S: b OK …
        """);

    [Test]
    public void Several_flags_need_no_parentheses() => _server.Converse("""
        C: a STORE 1 +FLAGS \Flagged \Draft Work
        S: * FLAGS …
        S: * OK [PERMANENTFLAGS …
        S: * 1 FETCH (FLAGS (\Flagged \Seen \Draft Work))
        S: a OK …
        """);
}
