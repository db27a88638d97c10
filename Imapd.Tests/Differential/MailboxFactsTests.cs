using NUnit.Framework;

namespace Imapd.Tests.Differential;

/// <summary>Which answers to LIST, LSUB and STATUS are the same to the comparison, and which are not.</summary>
internal sealed class MailboxFactsTests
{
    private const string Plain = "LIST \"\" *";

    [TestCase(Plain, "LIST (\\HasNoChildren) \"/\" a", "LIST (\\hasnochildren \\Marked) \"/\" \"a\"")]
    [TestCase(Plain, "LIST (\\HasNoChildren \\UnMarked) \"/\" INBOX", "LIST (\\HasNoChildren) \"/\" inbox")]
    [TestCase(Plain, "LIST (\\A \\B) \"/\" x", "LIST (\\B \\A) \"/\" {1}\r\nx")]
    [TestCase(Plain, "LIST () \"/\" x (\"CHILDINFO\" (\"SUBSCRIBED\"))", "LIST () \"/\" x (childinfo (subscribed))")]
    [TestCase("LIST (SUBSCRIBED) \"\" *", "LIST (\\HasChildren \\Subscribed) \"/\" x", "LIST (\\Subscribed) \"/\" x")]
    [TestCase("STATUS x (UIDNEXT MESSAGES)", "STATUS x (MESSAGES 1 UIDNEXT 2)", "STATUS \"x\" (uidnext 2 messages 1)")]
    public void The_same_in_another_form_is_the_same(string command, string one, string other) =>
        Assert.That(Facts(command, one), Is.EqualTo(Facts(command, other)).And.Not.Empty);

    [TestCase(Plain, "LIST (\\HasChildren) \"/\" x", "LIST () \"/\" x")]
    [TestCase("LIST () \"\" * RETURN (CHILDREN)", "LIST (\\HasChildren) \"/\" x", "LIST () \"/\" x")]
    [TestCase(Plain, "LIST () \"/\" x", "LSUB () \"/\" x")]
    [TestCase(Plain, "LIST () \"/\" x", "LIST () \".\" x")]
    [TestCase(Plain, "LIST () \"/\" x", "LIST () NIL x")]
    [TestCase(Plain, "LIST () \"/\" x", "LIST () \"/\" X")]
    [TestCase(Plain, "LIST (\\Subscribed) \"/\" x", "LIST () \"/\" x")]
    [TestCase(Plain, "LIST () \"/\" x (\"CHILDINFO\" (\"SUBSCRIBED\"))", "LIST () \"/\" x")]
    [TestCase("STATUS x (MESSAGES)", "STATUS x (MESSAGES 1)", "STATUS x (MESSAGES 2)")]
    [TestCase("STATUS x (MESSAGES)", "STATUS x (MESSAGES 1)", "STATUS x (UNSEEN 1)")]
    public void What_is_not_the_same_is_not(string command, string one, string other) =>
        Assert.That(Facts(command, one), Is.Not.EqualTo(Facts(command, other)));

    private static List<string> Facts(string command, string response) =>
        [.. MailboxFacts.Of(new Answer(command, [response], "OK")).Select(static fact => $"{fact.Key} = {fact.Value}")];
}
