using Imapd.Protocol.Mime;
using Imapd.Tests.Differential.Mail;
using Imapd.Tests.Mime;
using NUnit.Framework;

namespace Imapd.Tests.Differential;

/// <summary>What Python's email package makes of the mail that is compared, where it and ENVELOPE or BODYSTRUCTURE tell the same kind of thing.</summary>
internal sealed class PythonDifferenceTests
{
    // A line for each fact, its value in hexadecimal; texts are unfolded.
    private const string Script = """
        import email, email.utils, inspect, re, sys
        def text(value):
            return ' '.join(value.encode('ascii', 'surrogateescape').decode('latin1').replace('\0', '\xef\xbf\xbd').split(' '))
        def unfolded(value):
            return ' '.join(line.strip(' \t') for line in text(value).replace('\r\n', '\n').replace('\r', '\n').split('\n')).strip(' \t')
        def all(part, name):
            return [unfolded(value) for key, value in part.raw_items() if key.rstrip(' \t').lower() == name]
        # Newer releases can be asked to take what is no list of addresses for one, older ones do nothing else.
        options = {'strict': False} if 'strict' in inspect.signature(email.utils.getaddresses).parameters else {}
        # What lacks mailbox or host is no address; some tell of it all the same.
        def addresses(values):
            try:
                found = email.utils.getaddresses(values, **options)
            except RecursionError:
                return [('', 'RecursionError', '')]
            return [(name,) + tuple(address.rsplit('@', 1)) for name, address in found if address.rfind('@') > 0]
        def unquoted(local):
            return re.sub(r'"((?:[^"\\]|\\.)*)"', lambda quoted: re.sub(r'\\(.)', r'\1', quoted[1]), local)
        for path in sys.argv[1:]:
            with open(path, 'rb') as file:
                message = email.message_from_bytes(file.read())
            facts = {}
            for name in ('from', 'to', 'cc', 'bcc'):
                facts[name] = ', '.join(name + ' <' + unquoted(local) + '@' + host + '>' for name, local, host in addresses(all(message, name)))
            for name in ('subject', 'date', 'message-id', 'in-reply-to'):
                facts[name] = (all(message, name) or ['NIL'])[-1]
            parts = list(message.walk())
            facts['types'] = ' '.join(part.get_content_type() for part in parts)
            for number, part in enumerate(parts):
                facts['%d/disposition' % number] = part.get_content_disposition() or 'NIL'
                for name in ('content-id', 'content-description', 'content-location', 'content-md5'):
                    facts['%d/%s' % (number, name)] = (all(part, name) or ['NIL'])[0]
                if not part.is_multipart() and part.get_content_maintype() != 'multipart':
                    facts['%d/content' % number] = part.get_payload(decode=True).decode('latin1')
            print('message')
            for name, value in facts.items():
                print(name, value.encode('latin1', 'replace').hex())
        """;

    [Test]
    public void Messages_are_taken_apart_as_Python_takes_them_apart()
    {
        IReadOnlyList<NamedMail> mail = ComparedMail.Inbox;
        DirectoryInfo directory = Directory.CreateTempSubdirectory("imapd-python-");
        try
        {
            foreach (NamedMail one in mail)
            {
                File.WriteAllBytes(Path.Combine(directory.FullName, one.Name), one.Octets);
            }

            var differences = new Differences("python-differences.txt", "PYTHON");
            string told = Python.Run(Script, mail.Select(one => Path.Combine(directory.FullName, one.Name)));
            string[] messages = told.Split("message\n", StringSplitOptions.RemoveEmptyEntries);
            Assert.That(messages, Has.Length.EqualTo(mail.Count));
            foreach ((NamedMail one, string facts) in mail.Zip(messages))
            {
                SortedDictionary<string, string> here = FactsOf(one.Octets);
                Dictionary<string, string> there = Read(facts);
                bool isSameStructure = here["types"] == there["types"];
                Dictionary<string, string> Compared(IEnumerable<KeyValuePair<string, string>> all) =>
                    all.Where(fact => isSameStructure || !fact.Key.Contains('/', StringComparison.Ordinal)).ToDictionary();
                differences.Compare(one.Name, "python3", Compared(here), Compared(there));
            }

            differences.AssertAllAreKnown();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static Dictionary<string, string> Read(string facts) => facts.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(static line => line.Split(' '))
        .ToDictionary(static words => words[0], static words => FetchFacts.Show(Scan.Text(Convert.FromHexString(words[1]))));

    private static SortedDictionary<string, string> FactsOf(byte[] octets)
    {
        MimeEntity message = Scan.Message(octets);
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in (string[])["from", "to", "cc", "bcc"])
        {
            facts[name] = string.Join(", ", ValuesOf(message, name).SelectMany(AddressesOf));
        }

        foreach (string name in (string[])["subject", "date", "message-id", "in-reply-to"])
        {
            facts[name] = ValuesOf(message, name) is [.., var last] ? Scan.Text(HeaderFields.Unfold(last)) : "NIL";
        }

        facts["types"] = string.Join(' ', TypesOf(message));
        int number = 0;
        AddPart(octets, message, facts, ref number);
        foreach (string name in facts.Keys.ToArray())
        {
            facts[name] = FetchFacts.Show(facts[name]);
        }

        return facts;
    }

    private static IEnumerable<string> TypesOf(MimeEntity part) =>
        [$"{part.Type}/{part.Subtype}".ToLowerInvariant(), .. part.Parts.SelectMany(TypesOf)];

    private static void AddPart(byte[] octets, MimeEntity part, SortedDictionary<string, string> facts, ref int number)
    {
        string prefix = $"{number++}/";
        facts[prefix + "disposition"] = ValuesOf(part, "Content-Disposition") is [var value, ..] && Scan.Text(value).Split(';')[0].Trim() is { Length: > 0 } kind
            ? kind.ToLowerInvariant()
            : "NIL";
        foreach (string name in (string[])["content-id", "content-description", "content-location", "content-md5"])
        {
            facts[prefix + name] = ValuesOf(part, name) is [var first, ..] ? Scan.Text(HeaderFields.Unfold(first)) : "NIL";
        }

        if (part.Parts.Count == 0 && !part.IsMultipart)
        {
            TransferDecoder decoder = TransferDecoder.For(part.TransferEncoding) ?? TransferDecoder.For("8BIT")!;
            byte[] body = octets[(int)part.BodyStart.Raw..(int)part.End.Raw];
            facts[prefix + "content"] = Scan.Text(TransferDecoderTests.Decode(decoder, body, 4096, 4096));
        }

        foreach (MimeEntity below in part.Parts)
        {
            AddPart(octets, below, facts, ref number);
        }
    }

    private static List<byte[]> ValuesOf(MimeEntity entity, string name) =>
    [
        .. HeaderFields.Enumerate(entity.Header)
            .Where(field => Scan.Text(field.Name.Span).Equals(name, StringComparison.OrdinalIgnoreCase)).Select(static field => field.Value.ToArray()),
    ];

    // Groups are told of by their members.
    private static IEnumerable<string> AddressesOf(byte[] value)
    {
        var addresses = new List<string>();
        var reader = new AddressReader(value);
        while (reader.TryRead(out Address address))
        {
            if (address.Host is not null && Scan.Text(address.Mailbox) is not "MISSING_MAILBOX" && Scan.Text(address.Host) != "MISSING_DOMAIN")
            {
                addresses.Add($"{Scan.Text(address.Name)} <{Scan.Text(address.Mailbox)}@{Scan.Text(address.Host)}>");
            }
        }

        return addresses;
    }
}
