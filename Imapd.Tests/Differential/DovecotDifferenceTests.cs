using Imapd.Tests.Differential.Mail;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.Differential;

/// <summary>What Debian's Dovecot answers, we answer: the same Maildir, the same commands, made from a seed.</summary>
internal sealed class DovecotDifferenceTests
{
    private const string Known = "dovecot-differences.txt";
    private const int Searches = 800;
    private const int FetchesOfEach = 4;
    private const int Seed = 20261121;

    private ComparedAccount? _account;

    private ComparedAccount Account => _account ??= new ComparedAccount();

    [SetUp]
    public void AskForDovecot()
    {
        if (!Shell.Has("dovecot") || !Shell.Run("dovecot", ["--version"]).Output.StartsWith("2.3", StringComparison.Ordinal))
        {
            Assert.Ignore("needs dovecot-imapd 2.3, of which the differences are known");
        }
    }

    [OneTimeTearDown]
    public void Remove() => _account?.Dispose();

    [Test]
    public void Messages_are_told_of_as_Dovecot_tells_of_them()
    {
        IReadOnlyList<NamedMail> mail = ComparedMail.Inbox;
        Assert.That(mail, Has.Count.GreaterThanOrEqualTo(500));
        var random = new FetchCommands(Seed);
        string[] commands =
        [
            "FETCH 1:* ENVELOPE", "FETCH 1:* BODYSTRUCTURE", "FETCH 1:* BODY", "FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)",
            "FETCH 1:* BODY.PEEK[]", "FETCH 1:* BODY.PEEK[HEADER]", "FETCH 1:* BODY.PEEK[TEXT]", "FETCH 1:* ALL", "FETCH 1:* FULL", "UID FETCH 50:99,200:* FAST",
            .. mail.Index().SelectMany(static one => FetchCommands.PartsOf(one.Item.Octets)
                .Where(static part => part.IsLeaf).Take(3).Select(part => $"FETCH {one.Index + 1} (BINARY.PEEK[{part.Number}] BINARY.SIZE[{part.Number}])")),
            .. ((string[])["structure-digest", "structure-signed", "message-header-only"]).Select(name => $"FETCH {NumberOf(mail, name)} BINARY.PEEK[1]"),
            $"FETCH {NumberOf(mail, "structure-preamble-epilogue")} BODY.PEEK[1.1]",
            .. mail.Index().Select(static one => FetchCommands.OfAllParts(one.Index + 1, one.Item.Octets)),
            .. ((string[])["address-list", "structure-boundary-utf8"]).Select(name => $"FETCH {NumberOf(mail, name)} BODY.PEEK[HEADER.FIELDS (X-NOTHING)]<1.1>"),
            .. ((string[])["header-without-body", "header-without-line-end", "header-nothing", "message-nothing"])
                .Select(name => $"FETCH {NumberOf(mail, name)} BODY.PEEK[HEADER.FIELDS (X-NOTHING)]"),
            .. mail.Index().SelectMany(one => Enumerable.Range(0, FetchesOfEach).Select(_ => random.Next(one.Index + 1, one.Item.Octets))),
        ];
        Assert.That(commands, Has.Length.GreaterThanOrEqualTo(2500));

        Account.Examine("INBOX");
        var differences = new Differences(Known, "FETCH");
        CompareFetches(differences, commands, mail);
        differences.AssertAllAreKnown();
    }

    [Test]
    public void Searches_find_what_Dovecot_finds()
    {
        IReadOnlyList<NamedMail> mail = ComparedMail.Inbox;
        Account.Examine("INBOX");
        var differences = new Differences(Known, "SEARCH");
        var keys = new SearchKeys(Seed);
        IReadOnlyList<string> leaves = keys.Leaves();
        var differing = new Dictionary<string, HashSet<int>>();
        foreach (string leaf in leaves)
        {
            differing[leaf] = CompareSearch(differences, leaf, mail, []);
        }

        // What one key finds otherwise, a search with this key may find otherwise; nothing else.
        for (int search = 0; search < Searches; search++)
        {
            (string combined, IReadOnlyList<string> used) = keys.Combined(leaves);
            HashSet<int> excepted = [.. used.SelectMany(leaf => differing[leaf])];
            CompareSearch(differences, combined, mail, excepted);
            if (excepted.Count == 0 && search % 4 == 0)
            {
                (Answer here, Answer there) = Account.Ask("UID SEARCH RETURN (MIN MAX COUNT ALL) CHARSET UTF-8 " + combined);
                differences.Compare("ESEARCH", SearchKeys.Show(combined), "told", SearchFacts.Extended(here), SearchFacts.Extended(there));
            }
        }

        differences.AssertAllAreKnown();
    }

    [Test]
    public void Mailboxes_are_told_of_as_Dovecot_tells_of_them()
    {
        var differences = new Differences(Known, "LIST");
        var commands = new MailboxCommands(Seed);
        Account.Examine("INBOX");
        foreach (string command in commands.All())
        {
            (Answer here, Answer there) = Account.Ask(command);
            differences.Compare(command, command, "status", here.Status.Split(' ')[0], there.Status.Split(' ')[0]);
            differences.Compare(command, command, MailboxFacts.Of(here), MailboxFacts.Of(there));
        }

        differences.AssertAllAreKnown();
    }

    [Test]
    public void Large_messages_are_told_of_as_Dovecot_tells_of_them()
    {
        Account.Examine("Large");
        var differences = new Differences(Known, "LARGE");
        CompareFetches(
            differences,
            [
                "FETCH 1:* (RFC822.SIZE ENVELOPE)", "FETCH 1:* (BODYSTRUCTURE)", "FETCH 1:* BODY.PEEK[]", "FETCH 1:* BODY.PEEK[TEXT]<1000000.100>",
                "FETCH 1:* (BINARY.SIZE[1])", "FETCH 1:* BODY.PEEK[1]<500000.10>", "FETCH 7 (BODY.PEEK[2000] BODY.PEEK[2001] BINARY.SIZE[1999])",
            ],
            ComparedMail.Large);
        foreach (string search in (string[])["BODY needle", "TEXT needle", "SUBJECT xxxx", "LARGER 2000000"])
        {
            CompareSearch(differences, search, ComparedMail.Large, []);
        }

        differences.AssertAllAreKnown();
    }

    private static int NumberOf(IReadOnlyList<NamedMail> mail, string name) => mail.Index().Single(one => one.Item.Name == name).Index + 1;

    private void CompareFetches(Differences differences, string[] commands, IReadOnlyList<NamedMail> mail)
    {
        var partsThere = new Dictionary<int, ToldParts>();
        foreach (string command in commands)
        {
            (Answer here, Answer there) = Account.Ask(command);
            string subject = int.TryParse(command.Split(' ')[1], out int one) ? mail[one - 1].Name : "all";
            differences.Compare(subject, command, "status", here.Status.Split(' ')[0], there.Status.Split(' ')[0]);
            if (!here.IsOk || !there.IsOk)
            {
                // What is told beside a failure is what could be told.
                continue;
            }

            foreach ((int number, ToldParts parts) in ToldParts.Of(there))
            {
                partsThere[number] = parts;
            }

            IReadOnlyDictionary<int, IReadOnlyDictionary<string, string>> told = FetchFacts.Of(here);
            IReadOnlyDictionary<int, IReadOnlyDictionary<string, string>> toldThere = FetchFacts.Of(there);
            HashSet<(int, string)> excused = [.. Excused(FetchFacts.Sections(here), FetchFacts.Sections(there), partsThere)];
            var nothing = new Dictionary<string, string>();
            foreach (int number in told.Keys.Union(toldThere.Keys))
            {
                Dictionary<string, string> Compared(IReadOnlyDictionary<int, IReadOnlyDictionary<string, string>> facts) => facts.GetValueOrDefault(number, nothing)
                    .Where(fact => !excused.Contains((number, fact.Key))).ToDictionary();
                differences.Compare(mail[number - 1].Name, command, Compared(told), Compared(toldThere));
            }
        }
    }

    /// <summary>Sections of which Dovecot tells otherwise always, and nothing else is let pass.</summary>
    /// <remarks>
    /// Of a part that is not there, as its own structure tells, it tells the empty string, and we NIL, which says so (RFC 9051 §4.5).
    /// To a part with parts it adds the line end in front of the boundary behind it, which belongs to the boundary (RFC 2046 §5.1.1).
    /// </remarks>
    private static IEnumerable<(int Number, string Fact)> Excused(
        IReadOnlyDictionary<(int Number, string Fact), string?> here, IReadOnlyDictionary<(int Number, string Fact), string?> there, Dictionary<int, ToldParts> parts) =>
        from section in here
        let theirs = there.GetValueOrDefault(section.Key)
        where parts.TryGetValue(section.Key.Number, out ToldParts? known)
            && ((section.Value is null && theirs is "" && !known.Has(section.Key.Fact))
                || (theirs == section.Value + "\r\n" && known.IsOfPartWithParts(section.Key.Fact)))
        select section.Key;

    // Returns the messages that only one of them has found.
    private HashSet<int> CompareSearch(Differences differences, string keys, IReadOnlyList<NamedMail> mail, HashSet<int> excepted)
    {
        string command = "SEARCH CHARSET UTF-8 " + keys;
        (Answer Here, Answer There) answers = Account.Ask(command);
        HashSet<int> here = SearchFacts.Found(answers.Here);
        HashSet<int> there = SearchFacts.Found(answers.There);
        var differing = new HashSet<int>();
        for (int number = 1; number <= mail.Count; number++)
        {
            if (!excepted.Contains(number)
                && !differences.Compare(SubjectOf(mail[number - 1], keys), SearchKeys.Show(command), SearchKeys.Show(keys), Shown(here.Contains(number)), Shown(there.Contains(number))))
            {
                differing.Add(number);
            }
        }

        return differing;
    }

    // When a message was sent that does not say so is a question of its own.
    private static string SubjectOf(NamedMail mail, string keys) =>
        keys.StartsWith("SENT", StringComparison.Ordinal) && !mail.HasField("Date") ? mail.Name + " (without Date)" : mail.Name;

    private static string Shown(bool isFound) => isFound ? "found" : "not found";
}
