using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;
using NUnit.Framework;
using static Imapd.Tests.Protocol.Parsing;

namespace Imapd.Tests.Protocol;

internal sealed class MailboxCommandTests
{
    [TestCase("SELECT inbox", "INBOX")]
    [TestCase("SELECT \"Lists/imap\"", "Lists/imap")]
    [TestCase("SELECT {4}\r\nSent", "Sent")]
    [TestCase("SELECT Entw&APw-rfe", "Entwürfe")]
    [TestCase("SELECT \"Entwürfe\"", "Entwürfe")]
    [TestCase("SELECT \"Entwu\u0308rfe\"", "Entwürfe")]
    [TestCase("SELECT inBox/inbox/", "INBOX/inbox")]
    [TestCase("SELECT A&-B", "A&B")]
    public void A_name_is_the_same_mailbox_however_it_is_written(string text, string name)
    {
        var select = Parse<SelectCommand>(text);
        Assert.That(select.Name.Value, Is.EqualTo(name));
        Assert.That(select.ReadOnly, Is.False);
    }

    [Test]
    public void An_ampersand_is_only_itself_once_names_are_UTF_8()
    {
        Assert.That(Parse<SelectCommand>("SELECT A&-B", Rev2).Name.Value, Is.EqualTo("A&-B"));
    }

    [TestCase("a SELECT \"\"")]
    [TestCase("a SELECT a//b")]
    [TestCase("a SELECT ../x")]
    [TestCase("a SELECT \"a\u0007b\"")]
    [TestCase("a SELECT a&b")]
    [TestCase("a SELECT &AGE-")]
    [TestCase("a CREATE &AAA-")]
    public void A_name_no_mailbox_can_have_is_refused_and_not_BAD(string line)
    {
        Assert.That(Refused(line).Code, Is.EqualTo("CANNOT"));
    }

    [Test]
    public void A_name_that_is_not_UTF_8_is_BAD()
    {
        BadText("a SELECT {2}\r\n\xC3(");
        BadText("a SELECT \"\xFF\"");
    }

    [Test]
    public void SELECT_and_EXAMINE_take_parameters()
    {
        var examine = Parse<SelectCommand>("EXAMINE x (condstore)");
        Assert.That(examine.ReadOnly, Is.True);
        Assert.That(examine.Parameters, Is.EqualTo(new[] { "CONDSTORE" }));
        BadText("a SELECT x ()");
        BadText("a SELECT x (a");
    }

    [Test]
    public void CREATE_takes_one_special_use()
    {
        Assert.That(Parse<CreateCommand>("CREATE x"), Is.EqualTo(new CreateCommand(Name("x"), SpecialUse.None)));
        Assert.That(Parse<CreateCommand>("CREATE x/ (USE ())").Use, Is.EqualTo(SpecialUse.None));
        Assert.That(Parse<CreateCommand>("CREATE x (use (\\sent))").Use, Is.EqualTo(SpecialUse.Sent));
        foreach (SpecialUse use in Enum.GetValues<SpecialUse>().Where(use => use != SpecialUse.None))
        {
            Assert.That(Parse<CreateCommand>($"CREATE x (USE (\\{use}))").Use, Is.EqualTo(use));
        }

        Assert.That(Refused("a CREATE x (USE (\\Sent \\Trash))").Code, Is.EqualTo("USEATTR"));
        Assert.That(Refused("a CREATE x (USE (\\All))").Code, Is.EqualTo("USEATTR"));
        BadText("a CREATE x (PARTITION y)");
        BadText("a CREATE x (USE (Sent))");
    }

    [Test]
    public void The_commands_that_only_name_mailboxes_are_parsed()
    {
        Assert.That(Parse<DeleteCommand>("DELETE x").Name, Is.EqualTo(Name("x")));
        Assert.That(Parse<RenameCommand>("RENAME x \"y z\""), Is.EqualTo(new RenameCommand(Name("x"), Name("y z"))));
        Assert.That(Parse<SubscribeCommand>("SUBSCRIBE {1}\r\nx").Name, Is.EqualTo(Name("x")));
        Assert.That(Parse<UnsubscribeCommand>("UNSUBSCRIBE x").Name, Is.EqualTo(Name("x")));
        BadText("a RENAME x");
        BadText("a DELETE");
        BadText("a DELETE x y");
    }

    [Test]
    public void A_plain_LIST_and_LSUB_have_a_reference_and_a_pattern()
    {
        var list = Parse<ListCommand>("LIST \"\" *");
        Assert.That(list.Reference, Is.Empty);
        Assert.That(list.Patterns, Is.EqualTo(new[] { "*" }));
        Assert.That(list.IsExtended, Is.False);
        Assert.That(Parse<ListCommand>("LIST \"\" \"\"").Patterns, Is.EqualTo(new[] { "" }));
        Assert.That(Parse<ListCommand>("LIST Lists/ &AOQ-%]").Patterns, Is.EqualTo(new[] { "ä%]" }));
        Assert.That(Parse<ListCommand>("LIST \"\" \"&AO*\"").Patterns, Is.EqualTo(new[] { "&AO*" }));
        Assert.That(Parse<LsubCommand>("LSUB \"#news.\" \"%\""), Is.EqualTo(new LsubCommand("#news.", "%")));
    }

    [Test]
    public void An_extended_LIST_has_options_patterns_and_returns()
    {
        var list = Parse<ListCommand>(
            "LIST (SUBSCRIBED REMOTE recursivematch SPECIAL-USE) \"\" (INBOX \"a%\" {1}\r\n*)"
            + " RETURN (CHILDREN STATUS (MESSAGES SIZE) SUBSCRIBED SPECIAL-USE)");
        Assert.That(
            list.Selection,
            Is.EqualTo(ListSelection.Subscribed | ListSelection.Remote | ListSelection.RecursiveMatch | ListSelection.SpecialUse));
        Assert.That(list.Patterns, Is.EqualTo(new[] { "INBOX", "a%", "*" }));
        Assert.That(
            list.Return,
            Is.EqualTo(ListReturn.Children | ListReturn.Status | ListReturn.Subscribed | ListReturn.SpecialUse));
        Assert.That(list.Status, Is.EqualTo(StatusItems.Messages | StatusItems.Size));
        Assert.That(list.IsExtended, Is.True);
    }

    [TestCase("LIST () \"\" *")]
    [TestCase("LIST \"\" (*)")]
    [TestCase("LIST \"\" * RETURN ()")]
    public void Any_extended_form_makes_a_LIST_extended(string text)
    {
        Assert.That(Parse<ListCommand>(text).IsExtended, Is.True);
    }

    [TestCase("a LIST (RECURSIVEMATCH) \"\" *")]
    [TestCase("a LIST (RECURSIVEMATCH REMOTE) \"\" *")]
    [TestCase("a LIST (SHARED) \"\" *")]
    [TestCase("a LIST \"\" ()")]
    [TestCase("a LIST \"\" * RETURN (STATUS)")]
    [TestCase("a LIST \"\" * RETURN (STATUS ())")]
    [TestCase("a LIST \"\" * RETURN (COLOUR)")]
    [TestCase("a LIST \"\" * RETURN")]
    [TestCase("a LIST \"\"")]
    [TestCase("a LIST *")]
    [TestCase("a LSUB \"\" (*)")]
    public void A_LIST_that_is_not_the_grammar_is_BAD(string line)
    {
        BadText(line);
    }

    [Test]
    public void STATUS_takes_every_item()
    {
        var status = Parse<StatusCommand>(
            "STATUS x (MESSAGES recent UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE HIGHESTMODSEQ APPENDLIMIT)");
        Assert.That(status.Items, Is.EqualTo(Enum.GetValues<StatusItems>().Aggregate((all, item) => all | item)));
        BadText("a STATUS x ()");
        BadText("a STATUS x MESSAGES");
        BadText("a STATUS x (COLOUR)");
        BadText("a STATUS x (MESSAGES");
        BadText("a STATUS x (MESSAGES )");
        BadText("a STATUS x (MESSAGES  UNSEEN)");
    }

    private static MailboxName Name(string text)
    {
        Assert.That(MailboxName.TryCreate(text, out MailboxName? name, out _), Is.True);
        return name!;
    }
}
