using System.Globalization;
using System.Text;
using Imapd.Protocol.Commands;
using Imapd.Protocol.Fetch;
using Imapd.Protocol.Mime;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;
using Imapd.Tests.Protocol;
using Imapd.Worker.Commands;
using Imapd.Worker.Search;
using NUnit.Framework;
using static Imapd.Tests.Responses.ResponseProperty;

namespace Imapd.Tests.Responses;

/// <summary>parse(write(x)) = x, for responses of every kind and whatever is in them.</summary>
internal sealed class ResponsePropertyTests
{
    [Test]
    public void A_mailbox_in_LIST() => Check((random, utf8) =>
    {
        var entry = new MailboxEntry(Name(random), random.Next(2) == 0, random.Next(2) == 0, Any<SpecialUse>(random));
        var details = new ListDetails(random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0 ? "\"SUBSCRIBED\"" : null)
        {
            OldName = random.Next(2) == 0 && utf8 ? Names[random.Next(Names.Length)] : null,
            Alias = random.Next(3) == 0 ? Name(random) : null,
            Delimiter = random.Next(3) == 0 ? '.' : '/',
        };
        Response list = Parse(to => ListResponse.Write(to, entry, details), utf8);
        string[] attributes =
        [
            .. entry.Exists ? Array.Empty<string>() : [details.SaysNonExistent ? "\\NonExistent" : "\\Noselect"],
            entry.HasChildren ? "\\HasChildren" : "\\HasNoChildren",
            .. details.IsSubscribed ? ["\\Subscribed"] : Array.Empty<string>(),
            .. entry.Use == SpecialUse.None ? Array.Empty<string>() : ["\\" + entry.Use],
        ];
        Assert.That(list.Values[0].Items.Select(static item => item.Text), Is.EqualTo(attributes));
        Assert.That(list.Values[1].Text, Is.EqualTo(details.Delimiter.ToString()));
        Assert.That(Decoded(list.Values[2], utf8), Is.EqualTo((details.Alias ?? entry.Name).Value));
        string[] extended = list.Values.Count > 3 ? [.. list.Values[3].Items.Select(static item => item.ToString())] : [];
        Assert.That(extended.Any(static item => item.Contains("CHILDINFO", StringComparison.Ordinal)), Is.EqualTo(details.ChildInfo is not null));
        Assert.That(extended.Any(static item => item.Contains("OLDNAME", StringComparison.Ordinal)), Is.EqualTo(details.OldName is not null));
    });

    [Test]
    public void Numbers_in_SEARCH() => Check((random, utf8) =>
    {
        uint[] numbers = Numbers(random);
        Response search = Parse(to => SearchReply.WriteSearch(to, numbers), utf8);
        Assert.That(search.Values.Select(static value => value.Number), Is.EqualTo(numbers));
    });

    [Test]
    public void Numbers_in_ESEARCH() => Check((random, utf8) =>
    {
        uint[] numbers = [.. Numbers(random).Order().Distinct()];
        var items = (SearchReturn)random.Next(32);
        bool byUid = random.Next(2) == 0;
        Response search = Parse(to => SearchReply.WriteExtended(to, "tag\"7", byUid, items, numbers), utf8);
        Assert.That(search["TAG"]?.Text, Is.EqualTo("tag\"7"));
        Assert.That(search["UID"] is not null, Is.EqualTo(byUid));
        uint? Expected(SearchReturn item, uint value) => items.HasFlag(item) && numbers.Length > 0 ? value : null;
        Assert.That(search["MIN"]?.Number, Is.EqualTo(Expected(SearchReturn.Min, numbers.FirstOrDefault())));
        Assert.That(search["MAX"]?.Number, Is.EqualTo(Expected(SearchReturn.Max, numbers.LastOrDefault())));
        Assert.That(search["COUNT"]?.Number, Is.EqualTo(items.HasFlag(SearchReturn.Count) ? (uint?)numbers.Length : null));
        Assert.That(search["ALL"] is { } all ? Expanded(all.Text) : [], Is.EqualTo(items.HasFlag(SearchReturn.All) ? numbers : []));
    });

    [Test]
    public void UIDs_in_COPYUID_in_their_order() => Check((random, utf8) =>
    {
        uint[] numbers = [.. Numbers(random), 9];
        string set = UidSetText.Of([.. numbers.Select(static number => new Uid(number))]);
        Response copied = Parse(to => to.Raw($"a OK [COPYUID 7 {set} {set}] done\r\n"), utf8);
        Assert.That(Expanded(copied.CodeValues[1].Text), Is.EqualTo(numbers));
        Assert.That(Expanded(Text(OctetCollector.Written(to => to.NumberSet(numbers)))), Is.EqualTo(numbers));
    });

    [Test]
    public void Flags_and_keywords_in_FETCH() => Check((random, utf8) =>
    {
        string[] table = ["$Forwarded", "work", "no atom", "b]", "x"];
        var flags = new MessageFlags((SystemFlags)random.Next(32), (uint)random.Next(64));
        bool recent = random.Next(2) == 0;
        Response fetch = Parse(to => to.Raw("* 3 FETCH (FLAGS ").Flags(flags, table, recent).Raw(" UID 7)\r\n"), utf8);
        IEnumerable<string> expected = SystemFlagNames.All.Where(known => flags.System.HasFlag(known.Flag)).Select(static known => known.Name)
            .Concat(recent ? ["\\Recent"] : [])
            .Concat(table.Where((name, place) => (flags.KeywordBits & (1u << place)) != 0 && OctetClasses.IsAtom(name)));
        Assert.That(fetch["FLAGS"]!.Items.Select(static item => item.Text), Is.EqualTo(expected));
        Assert.That((fetch.Number, fetch["UID"]!.Number), Is.EqualTo((3u, 7u)));
    });

    [Test]
    public void Sections_in_FETCH_as_they_were_asked_for() => Check((random, utf8) =>
    {
        var text = Any<SectionText>(random);
        string[] fields = text is SectionText.HeaderFields or SectionText.HeaderFieldsNot ? ["Subject", "X \"Y\"", "NIL"] : [];
        int[] part = [.. Enumerable.Range(0, random.Next(text == SectionText.Mime ? 1 : 0, 4)).Select(_ => random.Next(1, int.MaxValue))];
        var section = new Section(part, text, fields);
        byte[] octets = Octets(random);
        Response fetch = Parse(to => Literal(Named(to.Raw("* 1 FETCH (BODY"), section), octets).Raw(")\r\n"), utf8);
        string written = Text(OctetCollector.Written(to => section.Write(to)));
        Assert.That(fetch.Values[0].Text.Replace("\"", "", StringComparison.Ordinal), Does.StartWith("BODY" + (written.Contains(' ', StringComparison.Ordinal) ? written[..written.IndexOf(' ', StringComparison.Ordinal)] : written)));
        FetchCommand asked = Parsing.Parse<FetchCommand>($"FETCH 1 BODY{written}");
        Assert.That(Protocol.Properties.Description.Of(((BodyItem)asked.Items[0]).Section), Is.EqualTo(Protocol.Properties.Description.Of(section)));
        Assert.That(fetch.Values[1].Text, Is.EqualTo(Text(octets)));
    });

    [Test]
    public void Octets_in_strings_of_every_form() => Check((random, utf8) =>
    {
        byte[] octets = Octets(random);
        Response status = Parse(to => to.Raw("* ID (").String(octets).Raw(" ").NString(random.Next(2) == 0 ? octets : (ReadOnlyMemory<byte>?)null).Raw(")\r\n"), utf8);
        Assert.That(status.Values[0].Items[0].Items[0].Text, Is.EqualTo(Text(octets)));
        Assert.That(status.Values[0].Items[0].Items[1].Text, Is.AnyOf("", Text(octets)));
        Response mailbox = Parse(to => to.Raw("* STATUS ").AString(octets).Raw(" (MESSAGES 1)\r\n"), utf8);
        Assert.That(mailbox.Values[0].Text, Is.EqualTo(Text(octets)));
    });

    [Test]
    public void Dates_in_INTERNALDATE() => Check((random, utf8) =>
    {
        DateTimeOffset date = DateTimeOffset.FromUnixTimeSeconds(random.NextInt64(-60_000_000_000, 250_000_000_000)).ToOffset(TimeSpan.FromMinutes(random.Next(-840, 841)));
        Response fetch = Parse(
            to =>
            {
                to.Raw("* 1 FETCH (INTERNALDATE ");
                ImapDate.Write(to, date);
                to.Raw(")\r\n");
            },
            utf8);
        Assert.That(ImapDate.TryParseDateTime(Encoding.ASCII.GetBytes(fetch["INTERNALDATE"]!.Text), out DateTimeOffset read) && read.EqualsExact(date), Is.True);
    });

    [Test]
    public void Texts_for_people_stay_texts() => Check((random, utf8) =>
    {
        string text = new([.. Enumerable.Range(0, random.Next(30)).Select(_ => (char)(random.Next(3) == 0 ? random.Next(0x500) : "[] \r\n\0\"{3}x"[random.Next(11)]))]);
        Response ok = Parse(to => to.Raw("a7 NO ").HumanText(text).Crlf(), utf8);
        Assert.That((ok.Tag, ok.Name, ok.Code), Is.EqualTo(("a7", "NO", "")));
    });

    [Test]
    public void Addresses_in_ENVELOPE() => Check((random, utf8) =>
    {
        var sent = new List<string>();
        var expected = new List<string>();
        for (int count = random.Next(1, 5); count > 0; count--)
        {
            string name = new[] { "", "Fred Foobar", "q \"u\" \\o", "J\u00c3\u00b6rg" }[random.Next(4)];
            string local = new[] { "a", "first.last", "two words" }[random.Next(3)];
            string quoted = local.Contains(' ', StringComparison.Ordinal) ? $"\"{local}\"" : local;
            string shown = "\"" + name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
            bool hasRoute = random.Next(4) == 0;
            sent.Add($"{(name.Length > 0 ? shown : "")} <{(hasRoute ? "@r.example:" : "")}{quoted}@b.example>");
            expected.Add($"({(name.Length > 0 ? $"\"{name}\"" : "NIL")} {(hasRoute ? "\"@r.example\"" : "NIL")} \"{local}\" \"b.example\")");
        }

        byte[] header = Encoding.Latin1.GetBytes($"To: {string.Join(",\r\n ", sent)}\r\nSubject: \"s\"\r\n\r\n");
        ResponseValue envelope = ResponseParser.ParseValue(
            OctetCollector.Written(to => Envelope.Write(to, header), utf8), static parser => parser.Envelope(), utf8);
        Assert.That(envelope.Items[5].Items.Select(static address => address.ToString()), Is.EqualTo(expected));
        Assert.That(envelope.Items[1].Text, Is.EqualTo("\"s\""));
    });

    [Test]
    public void Parts_in_BODYSTRUCTURE() => Check((random, utf8) =>
    {
        MimeEntity message = Mime.Scan.Message(new Mime.MailGenerator(random.Next()).Message(), lineEnds: LineEnds.AsIs);
        foreach (bool extended in new[] { false, true })
        {
            ResponseValue body = ResponseParser.ParseValue(
                OctetCollector.Written(to => BodyStructure.Write(to, message, extended), utf8), parser => parser.Body(extended), utf8);
            AssertIs(message, body, extended);
        }
    });

    private static void AssertIs(MimeEntity entity, ResponseValue body, bool extended)
    {
        if (entity.IsMultipart)
        {
            Assert.That(body.Items[0].Items, Has.Count.EqualTo(Math.Max(1, entity.Parts.Count)));
            Assert.That(body.Items[1].Text, Is.EqualTo(entity.Subtype));
            Assert.That(body.Items, Has.Count.EqualTo(extended ? 6 : 2));
            for (int part = 0; part < entity.Parts.Count; part++)
            {
                AssertIs(entity.Parts[part], body.Items[0].Items[part], extended);
            }

            return;
        }

        Assert.That(body.Items[0].Text, Is.EqualTo(entity.Type.ToUpperInvariant()));
        Assert.That(body.Items[1].Text, Is.EqualTo(entity.Subtype));
        Assert.That(body.Items[2].Items.Select(static item => item.Text), Is.EqualTo(
            entity.ContentType.Parameters.SelectMany(static parameter => new[] { parameter.Name, Text(parameter.Value.Span) })));
        Assert.That(body.Items[5].Text, Is.EqualTo(entity.TransferEncoding));
        Assert.That(body.Items[6].Text, Is.EqualTo(entity.BodyWireOctets.ToString(CultureInfo.InvariantCulture)));
        int lines = entity.IsMessage ? 9 : 7;
        if (entity.IsMessage)
        {
            AssertIs(entity.Parts[0], body.Items[8], extended);
        }

        if (entity.IsMessage || entity.ContentType.IsText)
        {
            Assert.That(body.Items[lines].Text, Is.EqualTo(entity.BodyLines.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private static ResponseWriter Named(ResponseWriter to, Section section)
    {
        section.Write(to);
        return to.Sp();
    }

    private static ResponseWriter Literal(ResponseWriter to, byte[] octets) => to.LiteralHeader(octets.Length).Raw(octets);

    private static List<uint> Expanded(string set)
    {
        var numbers = new List<uint>();
        foreach (string range in set.Split(','))
        {
            uint[] ends = [.. range.Split(':').Select(static end => uint.Parse(end, CultureInfo.InvariantCulture))];
            for (ulong number = ends[0]; number <= ends[^1]; number++)
            {
                numbers.Add((uint)number);
            }
        }

        return numbers;
    }

    private static uint[] Numbers(Random random) =>
        [.. Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(8) == 0 ? uint.MaxValue - (uint)random.Next(3) : (uint)random.Next(1, 20))];
}
