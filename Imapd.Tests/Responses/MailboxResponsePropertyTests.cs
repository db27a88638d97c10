using System.Globalization;
using System.Text;
using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Tests.Protocol;
using Imapd.Tests.Worker;
using Imapd.Worker.Commands;
using Imapd.Worker.Selected;
using Imapd.Worker.Session;
using NUnit.Framework;
using static Imapd.Tests.Responses.ResponseProperty;

namespace Imapd.Tests.Responses;

/// <summary>parse(write(x)) = x, for what is told of mailboxes and of the server.</summary>
internal sealed class MailboxResponsePropertyTests
{
    private const string KeywordOctets = "!#$&'+,-./09:;<=>?@AZ[^_`az|}~";

    [Test]
    public void Items_in_STATUS() => Check((random, utf8) =>
    {
        StatusItems items = (StatusItems)random.Next(512) & ~StatusItems.HighestModSeq;
        var status = new MailboxStatus(
            Number(random), Number(random), new Uid(Number(random)), new UidValidity(Math.Max(1, Number(random))), Number(random), Number(random),
            (ulong)random.NextInt64(0, long.MaxValue), new ModSeq(1), "");
        MailboxName name = Name(random);
        Response told = Parse(to => StatusResponse.Write(to, name, items, status), utf8);
        (StatusItems Item, string Name, ulong Value)[] expected =
        [
            (StatusItems.Messages, "MESSAGES", status.Messages),
            (StatusItems.Recent, "RECENT", status.Recent),
            (StatusItems.UidNext, "UIDNEXT", status.UidNext.Value == 0 ? uint.MaxValue : status.UidNext.Value),
            (StatusItems.UidValidity, "UIDVALIDITY", status.UidValidity.Value),
            (StatusItems.Unseen, "UNSEEN", status.Unseen),
            (StatusItems.Deleted, "DELETED", status.Deleted),
            (StatusItems.Size, "SIZE", status.Octets),
            (StatusItems.AppendLimit, "APPENDLIMIT", SessionLimits.AppendOctets),
        ];
        Assert.That(Decoded(told.Values[0], utf8), Is.EqualTo(name.Value));
        Assert.That(
            told.Values.Skip(2).Select(static value => value.Text),
            Is.EqualTo(expected.Where(item => items.HasFlag(item.Item))
                .SelectMany(static item => new[] { item.Name, item.Value.ToString(CultureInfo.InvariantCulture) })));
    });

    [Test]
    public void Names_in_FLAGS_and_PERMANENTFLAGS() => Check((random, utf8) =>
    {
        string[] keywords =
        [
            .. Enumerable.Range(0, random.Next(27)).Select(_ => string.Concat(
                Enumerable.Range(0, random.Next(1, 9)).Select(_ => KeywordOctets[random.Next(KeywordOctets.Length)]))),
        ];
        bool hasRoom = random.Next(2) == 0;
        bool isReadOnly = random.Next(2) == 0;
        var stream = new ResponseStream();
        stream.Add(OctetCollector.Written(to => FlagsResponse.Write(to, keywords, hasRoom, isReadOnly), utf8));
        string[] all = [.. SystemFlagNames.All.Select(static known => known.Name), .. keywords];
        Response flags = stream.TryTake()!;
        Assert.That(flags.Name, Is.EqualTo("FLAGS"));
        Assert.That(flags.Values.Select(static flag => flag.Text), Is.EqualTo(all));
        Response kept = stream.TryTake()!;
        string[] expected = isReadOnly ? [] : [.. all, .. hasRoom ? ["\\*"] : Array.Empty<string>()];
        Assert.That((kept.Name, kept.Code), Is.EqualTo(("OK", "PERMANENTFLAGS")));
        Assert.That(kept.CodeValues.Select(static flag => flag.Text), Is.EqualTo(expected));
        Assert.That(stream.Rest.Length, Is.Zero);
    });

    [Test]
    public void The_one_namespace_in_NAMESPACE() => Check((_, utf8) =>
    {
        Response told = Parse(NamespaceHandler.Write, utf8);
        Assert.That(told.Values.Select(static kind => kind.ToString()), Is.EqualTo(new[] { "((\"\" \"/\"))", "NIL", "NIL" }));
    });

    [Test]
    public void Names_in_CAPABILITY_and_in_the_code_of_that_name() => Check((random, utf8) =>
    {
        bool isLoggedIn = random.Next(2) == 0;
        bool mayLogIn = random.Next(2) == 0;
        bool mayStartTls = random.Next(2) == 0;
        string capabilities = Capabilities.Of(isLoggedIn, mayLogIn, mayStartTls);
        Response untagged = Parse(to => to.Raw("* CAPABILITY ").Raw(capabilities).Crlf(), utf8);
        Response code = Parse(to => to.Raw("* OK [CAPABILITY ").Raw(capabilities).Raw("] x\r\n"), utf8);
        string[] names = [.. untagged.Values.Select(static value => value.Text)];
        Assert.That(names, Is.EqualTo(capabilities.Split(' ')).And.Unique);
        Assert.That(code.CodeValues.Select(static value => value.Text), Is.EqualTo(names));
        Assert.That(names.Contains("STARTTLS"), Is.EqualTo(!isLoggedIn && mayStartTls));
        Assert.That(names.Contains("AUTH=PLAIN"), Is.EqualTo(!isLoggedIn && mayLogIn));
        Assert.That(names.Contains("LOGINDISABLED"), Is.EqualTo(!isLoggedIn && !mayLogIn));
    });

    [Test]
    public void Octets_in_BINARY_whole_and_in_part()
    {
        const int Messages = 100;
        var made = new Random(9051);
        byte[][] contents = [.. Enumerable.Range(0, Messages).Select(_ => Content(made))];
        using var mailbox = new MailboxUnderTest();
        foreach (byte[] content in contents)
        {
            mailbox.Add($"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks)}\r\n");
        }

        mailbox.Select();
        Check((random, _) =>
        {
            int number = random.Next(Messages);
            byte[] content = contents[number];
            int first = random.Next(content.Length + 10);
            int octets = random.Next(1, content.Length + 10);
            bool isPart = random.Next(3) > 0;
            string part = isPart ? $"<{first}.{octets}>" : "";
            Response told = mailbox.Responses($"FETCH {number + 1} (BINARY.PEEK[1]{part} BINARY.SIZE[1])")[0];
            byte[] expected = isPart ? [.. content.Skip(first).Take(octets)] : content;
            Assert.That(told.Values[0].Text, Is.EqualTo("BINARY[1]" + (isPart ? $"<{first}>" : "")));
            Assert.That(Encoding.Latin1.GetBytes(told.Values[1].Text), Is.EqualTo(expected));
            Assert.That(told["BINARY.SIZE[1]"]?.Number, Is.EqualTo((uint)content.Length));
        });
    }

    // As often with NUL as without.
    private static byte[] Content(Random random)
    {
        byte[] content = Octets(random);
        if (content.Length > 0 && random.Next(2) == 0)
        {
            content[random.Next(content.Length)] = 0;
        }

        return content;
    }

    private static uint Number(Random random) => random.Next(6) switch
    {
        0 => 0,
        1 => uint.MaxValue - (uint)random.Next(2),
        _ => (uint)random.Next(1, 1000),
    };
}
