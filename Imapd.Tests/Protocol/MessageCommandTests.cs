using System.Text;
using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using NUnit.Framework;
using static Imapd.Tests.Protocol.Parsing;

namespace Imapd.Tests.Protocol;

internal sealed class MessageCommandTests
{
    [Test]
    public void EXPUNGE_takes_UIDs_only_as_UID_EXPUNGE()
    {
        Assert.That(Parse<ExpungeCommand>("EXPUNGE").Uids, Is.Null);
        Assert.That(Parse<ExpungeCommand>("UID EXPUNGE 3:5").Uids!.Ranges, Is.EqualTo(new[] { new SetRange(3, 5) }));
        BadText("a EXPUNGE 1");
        BadText("a UID EXPUNGE");
    }

    [Test]
    public void COPY_and_MOVE_name_messages_and_a_mailbox()
    {
        var copy = Parse<CopyCommand>("COPY 2,4:7,9,12:* Trash");
        Assert.That(copy.ByUid, Is.False);
        Assert.That(copy.Name.Value, Is.EqualTo("Trash"));
        Assert.That(copy.Set.Ranges, Is.EqualTo(new SetRange[] { new(2, 2), new(4, 7), new(9, 9), new(12, SequenceSet.Star) }));
        Assert.That(Parse<CopyCommand>("uid copy $ x").Set.IsSavedResult, Is.True);
        Assert.That(Parse<CopyCommand>("uid copy $ x").ByUid, Is.True);
        Assert.That(Parse<CopyCommand>("uid copy 1,$ x").Set.EndsInSavedResult, Is.True);
        Assert.That(Parse<MoveCommand>("MOVE *:4 x").Set.Ranges, Is.EqualTo(new[] { new SetRange(SequenceSet.Star, 4) }));
        Assert.That(Parse<MoveCommand>("UID MOVE 1 x").ByUid, Is.True);
    }

    [TestCase("0")]
    [TestCase("1:0")]
    [TestCase("01")]
    [TestCase("4294967296")]
    [TestCase("99999999999999999999999999999999999999999999")]
    [TestCase("1,,2")]
    [TestCase(",1")]
    [TestCase("1,")]
    [TestCase("1:")]
    [TestCase("1:2:3")]
    [TestCase("-1")]
    [TestCase("$,1")]
    [TestCase("**")]
    [TestCase("")]
    public void A_set_that_is_not_the_grammar_is_BAD(string set)
    {
        BadText($"a COPY {set} x");
    }

    [Test]
    public void A_set_may_be_as_long_as_a_line()
    {
        string set = string.Join(',', Enumerable.Repeat("1:*", 16_000));
        Assert.That(Parse<CopyCommand>($"COPY {set} x").Set.Ranges, Has.Count.EqualTo(16_000));
        Assert.That(Parse<CopyCommand>("COPY 4294967295 x").Set.Ranges[0].First, Is.EqualTo(uint.MaxValue));
    }

    [TestCase("STORE 1 FLAGS (\\Seen)", StoreAction.Replace, false)]
    [TestCase("STORE 1 +FLAGS \\Seen", StoreAction.Add, false)]
    [TestCase("STORE 1 -flags.silent (\\sEEN \\seen)", StoreAction.Remove, true)]
    [TestCase("STORE 1 FLAGS.SILENT \\Seen \\Recent", StoreAction.Replace, true)]
    public void STORE_replaces_adds_and_removes(string text, StoreAction action, bool silent)
    {
        var store = Parse<StoreCommand>(text);
        Assert.That(store.Action, Is.EqualTo(action));
        Assert.That(store.Silent, Is.EqualTo(silent));
        Assert.That(store.Flags.System, Is.EqualTo(SystemFlags.Seen));
    }

    [Test]
    public void STORE_keeps_keywords_as_sent_and_once()
    {
        FlagSet flags = Parse<StoreCommand>("UID STORE 1:2 +FLAGS ($Junk \\Answered \\Draft nonjunk $JUNK)").Flags;
        Assert.That(flags.Keywords, Is.EqualTo(new[] { "$Junk", "nonjunk" }));
        Assert.That(flags.System, Is.EqualTo(SystemFlags.Answered | SystemFlags.Draft));
        Assert.That(Parse<StoreCommand>("STORE 1 FLAGS ()").Flags.System, Is.EqualTo(SystemFlags.None));
    }

    [Test]
    public void Flags_that_cannot_be_are_refused()
    {
        Assert.That(Parse<StoreCommand>("STORE 1 FLAGS (\\Forwarded \\Seen)").Flags.System, Is.EqualTo(SystemFlags.Seen));
        Assert.That(Refused($"a STORE 1 FLAGS ({new string('k', 201)})").Code, Is.EqualTo("LIMIT"));
        Assert.That(Parse<StoreCommand>($"STORE 1 FLAGS ({new string('k', 200)})").Flags.Keywords, Has.Count.EqualTo(1));
        BadText("a STORE 1 FLAGS");
        BadText("a STORE 1 FLAGS ");
        BadText("a STORE 1 FLAGS (a]b)");
        BadText("a STORE 1 *FLAGS (x)");
        BadText("a STORE 1 FLAGSX (x)");
        BadText("a STORE 1 FLAGS (\\)");
    }

    [Test]
    public void APPEND_says_what_is_known_before_the_message()
    {
        var append = Parse<AppendCommand>("APPEND Sent (\\Seen $x) \" 7-Feb-1994 21:52:25 -0800\" {310}\r\n");
        Assert.That(append.Name.Value, Is.EqualTo("Sent"));
        Assert.That(append.Flags.System, Is.EqualTo(SystemFlags.Seen));
        Assert.That(append.Flags.Keywords, Is.EqualTo(new[] { "$x" }));
        Assert.That(append.InternalDate, Is.EqualTo(new DateTimeOffset(1994, 2, 7, 21, 52, 25, TimeSpan.FromHours(-8))));
        Assert.That(append.Octets, Is.EqualTo(310));
        Assert.That(append.IsBinary, Is.False);
    }

    [TestCase("APPEND x {0}\r\n", 0, false)]
    [TestCase("APPEND x {9223372036854775807+}\r\n", long.MaxValue, false)]
    [TestCase("APPEND x ~{5+}\r\n", 5, true)]
    [TestCase("APPEND x () UTF8 (~{5}\r\n)", 5, true)]
    [TestCase("APPEND {1}\r\nx {5}\r\n", 5, false)]
    public void APPEND_takes_every_form_of_literal(string text, long octets, bool isBinary)
    {
        var append = Parse<AppendCommand>(text);
        Assert.That(append.Octets, Is.EqualTo(octets));
        Assert.That(append.IsBinary, Is.EqualTo(isBinary));
    }

    [TestCase("a APPEND x")]
    [TestCase("a APPEND x ")]
    [TestCase("a APPEND x {5}")]
    [TestCase("a APPEND x {9223372036854775808}\r\n")]
    [TestCase("a APPEND x {18446744073709551616}\r\n")]
    [TestCase("a APPEND x {-1}\r\n")]
    [TestCase("a APPEND x { 1}\r\n")]
    [TestCase("a APPEND x {1 }\r\n")]
    [TestCase("a APPEND x {}\r\n")]
    [TestCase("a APPEND x {+}\r\n")]
    [TestCase("a APPEND x \"7-Feb-1994 21:52:25 -0800\" {5}\r\n")]
    [TestCase("a APPEND x \"31-Feb-1994 21:52:25 -0800\" {5}\r\n")]
    [TestCase("a APPEND x (\\Seen {5}\r\n")]
    [TestCase("a APPEND x UTF8 (~{5}\r\n")]
    [TestCase("a APPEND x UTF8 ~{5}\r\n")]
    [TestCase("a APPEND x {5}\r\n)")]
    [TestCase("a APPEND x {5}\r\n {5}\r\n")]
    [TestCase("a APPEND x {5}\r\nhello")]
    public void An_APPEND_that_is_not_the_grammar_is_BAD(string line)
    {
        BadText(line);
    }

    [TestCase("a APPEND x ", true)]
    [TestCase("a append \"x y\" (\\Seen) \"17-Jul-1996 02:44:25 -0700\" ", true)]
    [TestCase("a APPEND {1}\r\nx UTF8 (", true)]
    [TestCase("a APPEND bad//name ", true)]
    [TestCase("a APPEND x (\\Nonsense) ", true)]
    [TestCase("a APPEND ", false)]
    [TestCase("a APPEND x", false)]
    [TestCase("a APPEND x y ", false)]
    [TestCase("a APPEND x {5}\r\n ", false)]
    [TestCase("a LOGIN x ", false)]
    [TestCase("APPEND x ", false)]
    [TestCase("", false)]
    public void The_message_of_an_APPEND_is_told_from_other_literals(string partial, bool isMessage)
    {
        Assert.That(CommandParser.EndsInAppendMessage(Encoding.UTF8.GetBytes(partial), Rev1), Is.EqualTo(isMessage));
    }

    [Test]
    public void What_an_APPEND_says_is_known_before_its_message_comes()
    {
        var literal = new LiteralHeader(77, IsSynchronizing: true, IsBinary: true);
        TaggedCommand start = CommandParser.ParseAppendStart("a7 APPEND Sent (\\Draft) "u8, literal, Rev1);
        Assert.That(start.Tag, Is.EqualTo("a7"));
        var append = (AppendCommand)start.Command;
        Assert.That((append.Name.Value, append.Flags.System, append.Octets, append.IsBinary), Is.EqualTo(("Sent", SystemFlags.Draft, 77L, true)));
        Assert.That(
            () => CommandParser.ParseAppendStart("a APPEND bad//name "u8, literal, Rev1),
            Throws.TypeOf<ImapRefusedException>());
        Assert.That(
            () => CommandParser.ParseAppendStart("a APPEND x "u8, literal with { Octets = ulong.MaxValue }, Rev1),
            Throws.TypeOf<ImapSyntaxException>());
    }
}
