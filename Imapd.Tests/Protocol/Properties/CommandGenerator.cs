using Imapd.Protocol.Commands;
using Imapd.Protocol.Fetch;
using Imapd.Protocol.Search;
using Imapd.Protocol.Values;

namespace Imapd.Tests.Protocol.Properties;

/// <summary>Makes commands of every kind, all of which the grammar has.</summary>
/// <param name="random">Chooses.</param>
internal sealed class CommandGenerator(Random random)
{
    private const string AtomOctets = "abcXYZ019!#$&'+,-./:;<=>?@[^_`|}~";
    private static readonly string[] Texts =
        ["", "x", "Hello", "two words", "grün", "日本語", "\"quoted\"", "back\\slash", "line\r\nend", "😀", "NIL", "{5}", "a]b", "*", "%41"];

    private static readonly string[] Latin1Texts = ["", "x", "Smith", "gr\u00fcn", "\u00e9t\u00e9 \u00ff", "\"\\\"", "a\r\nb"];

    private static readonly string[] MailboxLevels =
        ["a", "Sent Items", "Entwürfe", "日本", "A&B", "x.y", "(1)", "p%q*r", "\"", "😀", "tmp", "NIL", "{3}", "[x]", "back\\slash", "~u"];

    private static readonly string[] Keywords = ["$Forwarded", "$MDNSent", "work", "x.y-z", "k1", "K2", "[k", "NIL", "<x>"];

    /// <summary>The kinds there are.</summary>
    public static IReadOnlyList<Type> Kinds { get; } =
        [.. typeof(Command).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Command))).OrderBy(type => type.Name, StringComparer.Ordinal)];

    private bool Coin => random.Next(2) == 0;

    public TaggedCommand Next(Type kind) => new(Tag(), Make(kind));

    public TaggedCommand Next() => Next(Kinds[random.Next(Kinds.Count)]);

    private Command Make(Type kind) => kind.Name switch
    {
        nameof(AppendCommand) => MakeAppend(),
        nameof(AuthenticateCommand) => new AuthenticateCommand(Pick(["PLAIN", "LOGIN", "X-Y_2"]).ToUpperInvariant(), Coin ? null : Octets()),
        nameof(CopyCommand) => new CopyCommand(Coin, Set(), Mailbox()),
        nameof(CreateCommand) => Named(name => new CreateCommand(Mailbox(), Any<SpecialUse>()) { SuppliedName = name }, (made, to) => made with { Name = to }),
        nameof(DeleteCommand) => Named(name => new DeleteCommand(Mailbox()) { SuppliedName = name }, (made, to) => made with { Name = to }),
        nameof(EnableCommand) => new EnableCommand(Some(1, 3, () => Pick(["IMAP4REV2", "CONDSTORE", "UTF8=ACCEPT", "X"]))),
        nameof(ExpungeCommand) => new ExpungeCommand(Coin ? null : Set()),
        nameof(FetchCommand) => new FetchCommand(Coin, Set(), Some(1, 6, Item)),
        nameof(IdCommand) => new IdCommand(Coin ? null : Some(0, 4, () => new KeyValuePair<string, string?>(Pick(Texts), Coin ? null : Pick(Texts)))),
        nameof(ListCommand) => MakeList(),
        nameof(LoginCommand) => new LoginCommand(OctetsWithoutNul(), OctetsWithoutNul()),
        nameof(LsubCommand) => new LsubCommand(Pattern(), Pattern()),
        nameof(MoveCommand) => new MoveCommand(Coin, Set(), Mailbox()),
        nameof(RenameCommand) => Named(name => new RenameCommand(Mailbox(), Mailbox()) { SuppliedName = name }, (made, to) => made with { From = to }),
        nameof(SearchCommand) => MakeSearch(),
        nameof(SelectCommand) => Named(
            name => new SelectCommand(Mailbox(), Coin, Some(0, 2, () => Pick(["CONDSTORE", "X"]))) { SuppliedName = name }, (made, to) => made with { Name = to }),
        nameof(StatusCommand) => new StatusCommand(Mailbox(), (StatusItems)random.Next(1, 512)),
        nameof(StoreCommand) => new StoreCommand(Coin, Set(), Any<StoreAction>(), Coin, Flags()),
        nameof(SubscribeCommand) => new SubscribeCommand(Mailbox()),
        nameof(UnknownCommand) => new UnknownCommand("X" + Atom(12).ToUpperInvariant()),
        nameof(UnsubscribeCommand) => new UnsubscribeCommand(Mailbox()),
        _ => (Command)Activator.CreateInstance(kind)!,
    };

    // A name that is not in its canonical form comes with the mailbox it means.
    private T Named<T>(Func<string?, T> make, Func<T, MailboxName, T> with)
        where T : Command
    {
        (string? supplied, string meant) = random.Next(4) switch
        {
            0 => ("inBOX", "INBOX"),
            1 => ("inbox/x", "INBOX/x"),
            2 => ("e\u0301t\u00e9", "\u00e9t\u00e9"),
            _ => (null, ""),
        };
        T made = make(supplied);
        return supplied is null ? made : with(made, Mailbox(meant));
    }

    private AppendCommand MakeAppend() => Named(
        name => new AppendCommand(
            Mailbox(),
            Flags(),
            Coin ? null : DateTimeOffset.FromUnixTimeSeconds(random.NextInt64(0, 1L << 33)).ToOffset(TimeSpan.FromMinutes(random.Next(-840, 841))),
            Coin ? random.Next(1000) : random.NextInt64(),
            Coin)
        {
            SuppliedName = name,
        },
        (made, to) => made with { Name = to });

    private ListCommand MakeList()
    {
        bool isExtended = Coin;
        var selection = isExtended ? (ListSelection)random.Next(16) : ListSelection.None;
        selection |= selection.HasFlag(ListSelection.RecursiveMatch) ? ListSelection.Subscribed : 0;
        var wanted = isExtended ? (ListReturn)random.Next(16) : ListReturn.None;
        StatusItems status = wanted.HasFlag(ListReturn.Status) ? (StatusItems)random.Next(1, 512) : StatusItems.None;
        return new ListCommand(selection, Pattern(), Some(1, isExtended ? 3 : 1, Pattern), wanted, status, isExtended);
    }

    private SearchCommand MakeSearch()
    {
        string? charset = random.Next(5) switch { 0 => "UTF-8", 1 => "us-ascii", 2 => "ISO-8859-1", _ => null };
        SearchReturn? wanted = Coin ? null : (SearchReturn)random.Next(1, 32);
        return new SearchCommand(Coin, wanted, charset, Key(4, charset == "ISO-8859-1" ? Latin1Texts : Texts));
    }

    private SearchKey Key(int levels, string[] texts) => random.Next(levels > 0 ? 20 : 15) switch
    {
        0 => new AllKey(),
        1 => new SequenceKey(Set()),
        2 => new UidKey(Set()),
        3 => new SystemFlagKey((SystemFlags)(1 << random.Next(5)), Coin),
        4 => new RecentKey(Coin),
        5 => new NewKey(),
        6 => new KeywordKey(Pick(Keywords), Coin),
        7 => new HeaderKey(Pick(["FROM", "TO", "CC", "BCC", "SUBJECT"]), Pick(texts)),
        8 => new HeaderKey(Pick(["X-Y", "from", "", "two words", "a\"b"]), Pick(texts)),
        9 => new BodyKey(Pick(texts)),
        10 => new TextKey(Pick(texts)),
        11 or 12 => new DateKey(Any<DateField>(), Any<DateTest>(), new DateOnly(1, 1, 1).AddDays(random.Next(3_652_000))),
        13 => new SizeKey(Coin, Coin ? random.Next(1000) : random.NextInt64()),
        14 => new AgeKey(Coin, (uint)random.NextInt64(1, 1L << 32)),
        15 or 16 => new AndKey(Some(2, 4, () => Key(levels - 1, texts))),
        17 or 18 => new OrKey(Key(levels - 1, texts), Key(levels - 1, texts)),
        _ => new NotKey(Key(levels - 1, texts)),
    };

    private FetchItem Item() => random.Next(13) switch
    {
        0 => new FlagsItem(),
        1 => new InternalDateItem(),
        2 => new SizeItem(),
        3 => new EnvelopeItem(),
        4 => new BodyStructureItem(Coin),
        5 => new UidItem(),
        6 => new BinaryItem(Part(0), Partial(), Coin),
        7 => new BinarySizeItem(Part(0)),
        8 => new BodyItem(new Section([], SectionText.Whole, []), null, Coin, "RFC822"),
        9 => new BodyItem(new Section([], SectionText.Header, []), null, Peek: true, "RFC822.HEADER"),
        10 => new BodyItem(new Section([], SectionText.Text, []), null, Coin, "RFC822.TEXT"),
        _ => new BodyItem(MakeSection(), Partial(), Coin, null),
    };

    private Section MakeSection()
    {
        var text = Any<SectionText>();
        bool hasFields = text is SectionText.HeaderFields or SectionText.HeaderFieldsNot;
        return new Section(
            Part(text == SectionText.Mime ? 1 : 0), text, hasFields ? Some(1, 3, () => Pick(["Subject", "X-Y", "", "a b", "NIL", "q\"\\"])) : []);
    }

    private Partial? Partial() => Coin ? null : new Partial(Coin ? random.Next(5000) : random.NextInt64(), Coin ? random.Next(1, 5000) : random.NextInt64(1, long.MaxValue));

    private List<int> Part(int least) => Some(least, 4, () => Coin ? random.Next(1, 4) : random.Next(1, int.MaxValue));

    private SequenceSet Set()
    {
        List<SetRange> ranges = Some(1, 4, () =>
        {
            uint first = End();
            return new SetRange(first, Coin ? first : End());
        });
        return random.Next(8) switch
        {
            0 => SequenceSet.SavedResult,
            1 => new SequenceSet(ranges, endsInSavedResult: true),
            _ => new SequenceSet(ranges),
        };
    }

    private uint End() => random.Next(6) switch
    {
        0 => SequenceSet.Star,
        1 => uint.MaxValue,
        2 => (uint)random.NextInt64(1, 1L << 32),
        _ => (uint)random.Next(1, 100),
    };

    private FlagSet Flags() => new((SystemFlags)random.Next(32), [.. Some(0, 3, () => Pick(Keywords)).Distinct(StringComparer.OrdinalIgnoreCase)]);

    private MailboxName Mailbox() => Mailbox(random.Next(6) == 0 ? "INBOX" : string.Join('/', Some(1, 3, () => Pick(MailboxLevels))));

    private static MailboxName Mailbox(string name) => Storage.TestTree.Name(name);

    private string Pattern() => random.Next(8) == 0 ? "" : string.Concat(Some(1, 4, () => Coin ? Pick(MailboxLevels) : Pick(["*", "%", "/", "&"])));

    private string Tag() => Atom(10).Replace("+", "", StringComparison.Ordinal) + "7";

    private string Atom(int atMost) => string.Concat(Some(1, atMost, () => AtomOctets[random.Next(AtomOctets.Length)]));

    private byte[] Octets()
    {
        byte[] octets = new byte[random.Next(40)];
        random.NextBytes(octets);
        return octets;
    }

    private byte[] OctetsWithoutNul() => Coin ? [.. Octets().Where(octet => octet != 0)] : System.Text.Encoding.UTF8.GetBytes(Pick(Texts));

    private T Any<T>()
        where T : struct, Enum => Pick(Enum.GetValues<T>());

    private T Pick<T>(T[] from) => from[random.Next(from.Length)];

    private List<T> Some<T>(int least, int most, Func<T> make) => [.. Enumerable.Range(0, random.Next(least, most + 1)).Select(_ => make())];
}
