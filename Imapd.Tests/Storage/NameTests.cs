using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Layout;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

internal sealed class NameTests
{
    [TestCase("INBOX", "")]
    [TestCase("Lists/imap", ".Lists.imap")]
    [TestCase("INBOX/Sub", ".INBOX.Sub")]
    [TestCase("Entwürfe", ".Entw&APw-rfe")]
    [TestCase("R&D", ".R&-D")]
    [TestCase("example.org/a b", ".example\\2eorg.a b")]
    [TestCase("a\\b", ".a\\b")]
    [TestCase("a\\2eb", ".a\\5c2eb")]
    public void A_mailbox_has_the_directory_that_Dovecot_gives_it(string mailbox, string directory)
    {
        Assert.That(DirectoryName.Of(TestTree.Name(mailbox)), Is.EqualTo(directory));
        Assert.That(DirectoryName.ToMailbox(directory)?.Value, Is.EqualTo(directory.Length == 0 ? null : mailbox));
    }

    [TestCase("")]
    [TestCase(".")]
    [TestCase("cur")]
    public void Other_directories_are_no_mailboxes(string directory) =>
        Assert.That(DirectoryName.ToMailbox(directory), Is.Null);

    [TestCase(".a..b", "a\\2e\\2eb")]
    [TestCase(".a.", "a\\2e")]
    [TestCase("..a", "\\2ea")]
    [TestCase(".a\\2fb", "a\\2fb")]
    [TestCase(".a&AC8-b", "a&AC8-b")]
    [TestCase(".x.\\2e.y", "x/\\2e/y")]
    [TestCase(".x.\\2e\\2e", "x/\\2e\\2e")]
    [TestCase(".caf\xe9.b", "caf\\e9/b")]
    [TestCase(".a\tb", "a\\09b")]
    [TestCase(".&2D0-", "&2D0-")]
    [TestCase(".a&b", "a&b")]
    public void What_no_name_can_hold_is_shown_as_hexadecimal_digits(string directory, string mailbox)
    {
        Assert.That(DirectoryName.ToMailbox(directory)?.Value, Is.EqualTo(mailbox));
        Assert.That(DirectoryName.Of(TestTree.Name(mailbox)), Is.Not.EqualTo(directory));
    }

    [Test]
    public void Every_directory_that_begins_with_a_full_stop_has_a_name_and_every_name_its_directory()
    {
        var random = new Random(7);
        const string Some = "ab.\\/&-2e,+9\xc3\xbc\xff\x01~ AOI";
        for (int round = 0; round < 20_000; round++)
        {
            string directory = "." + string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Some[random.Next(Some.Length)]));
            if (directory is ".." || directory.Contains('/', StringComparison.Ordinal))
            {
                continue;
            }

            MailboxName? name = DirectoryName.ToMailbox(directory);
            Assert.That(name, Is.Not.Null, directory);
            foreach (NameForm form in Enum.GetValues<NameForm>())
            {
                // In UTF-8 a name may look like the modified UTF-7 of another: such a directory is found by listing only.
                if (!name!.IsInbox && (form == NameForm.ModifiedUtf7 || !name.Value.Contains('&', StringComparison.Ordinal)))
                {
                    Assert.That(DirectoryName.ToMailbox(DirectoryName.Of(name, form)), Is.EqualTo(name), directory);
                }
            }
        }
    }

    [Test]
    public void A_directory_named_in_UTF8_is_read_as_Courier_5_means_it() =>
        Assert.That(DirectoryName.ToMailbox(".Entw\xc3\xbcrfe")?.Value, Is.EqualTo("Entwürfe"));

    [TestCase("1.x:2,", SystemFlags.Seen, 0u, "1.x:2,S")]
    [TestCase("1.x", SystemFlags.Seen | SystemFlags.Draft, 0u, "1.x:2,DS")]
    [TestCase("1.x:2,PSab,more", SystemFlags.Deleted, 4u, "1.x:2,PTc,more")]
    [TestCase("1.x:2,ZS", SystemFlags.None, 0u, "1.x:2,Z")]
    [TestCase("1.x:1,exp", SystemFlags.Flagged, 0u, "1.x:2,F")]
    public void Flags_are_written_in_order_and_unknown_letters_stay(string name, SystemFlags flags, uint letters, string expected) =>
        Assert.That(MessageName.WithFlags(name, flags, letters), Is.EqualTo(expected));

    [Test]
    public void Flags_letters_and_sizes_are_read_from_a_name()
    {
        const string Name = "1491941793.M41850P8566.mx,S=10956,W=11000:2,RSTln";
        Assert.That(MessageName.Flags(Name), Is.EqualTo(SystemFlags.Answered | SystemFlags.Seen | SystemFlags.Deleted));
        Assert.That(MessageName.KeywordLetters(Name), Is.EqualTo((1u << 11) | (1u << 13)));
        Assert.That(MessageName.Sizes(Name), Is.EqualTo((10956L, 11000L)));
        Assert.That(MessageName.DeliverySeconds(Name), Is.EqualTo(1491941793ul));
        Assert.That(MessageName.Base(Name).ToString(), Does.EndWith("W=11000"));
    }

    [TestCase("")]
    [TestCase(".hidden")]
    [TestCase(":2,S")]
    [TestCase("a\nb")]
    public void Some_names_are_no_messages(string name) => Assert.That(MessageName.IsPossible(name), Is.False);

    [Test]
    public void Names_of_one_second_sort_as_they_were_given()
    {
        var names = new UniqueName("host");
        Assert.That(
            string.CompareOrdinal(names.At(1_700_000_000_000_999, 1), names.At(1_700_000_000_100_000, 2)), Is.LessThan(0));
    }

    [Test]
    public void Unique_names_are_unique_and_fit_for_files()
    {
        var names = new UniqueName("a/b:c,d");
        var made = Enumerable.Range(0, 10_000).Select(_ => names.Next()).ToHashSet();
        Assert.That(made, Has.Count.EqualTo(10_000));
        Assert.That(made.First(), Does.EndWith(".a\\057b\\072c\\054d"));
    }
}
