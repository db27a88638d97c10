using System.Globalization;
using Imapd.Protocol.Mime;
using Imapd.Tests.Mime;

namespace Imapd.Tests.Differential;

/// <summary>Makes FETCH commands for one message: items and sections that are there, and some that are not. The same seed makes the same.</summary>
internal sealed class FetchCommands(int seed)
{
    private static readonly string[] Plain =
    [
        "UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY", "BODYSTRUCTURE", "RFC822", "RFC822.HEADER", "RFC822.TEXT",
    ];

    private static readonly string[] Fields =
    [
        "Subject", "FROM", "to", "Date", "Message-ID", "Content-Type", "X-Mailer", "X-A", "Received", "x-nothing", "References", "Sender", "\"Cc\"", "MIME-Version",
    ];

    private const int MostParts = 200;

    private readonly Random _random = new(seed);

    /// <summary>A command about the message with this number.</summary>
    public string Next(int number, byte[] message)
    {
        string[] parts = [.. PartsOf(message).Take(MostParts).Select(static part => part.Number)];
        string[] leaves = [.. PartsOf(message).Where(static part => part.IsLeaf).Take(MostParts).Select(static part => part.Number)];
        string[] items = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Item(parts, leaves, message.Length))];
        return string.Create(CultureInfo.InvariantCulture, $"FETCH {number} ({string.Join(' ', items.Distinct())})");
    }

    /// <summary>A command about all parts of a message, as far as they fit into a line.</summary>
    public static string OfAllParts(int number, byte[] message)
    {
        IEnumerable<string> items = PartsOf(message).Take(MostParts).Select(static part => $"BODY.PEEK[{part.Number}]");
        return string.Create(CultureInfo.InvariantCulture, $"FETCH {number} ({string.Join(' ', items)})");
    }

    /// <summary>The parts of a message, and whether each is one without parts of its own.</summary>
    public static IEnumerable<(string Number, bool IsLeaf)> PartsOf(byte[] message) => PartsOf(Scan.Message(message), "");

    private static IEnumerable<(string Number, bool IsLeaf)> PartsOf(MimeEntity entity, string number)
    {
        if (!entity.IsMultipart)
        {
            return [(Below(number, 1), !entity.IsMessage), .. entity.IsMessage ? PartsOf(entity.Parts[0], Below(number, 1)) : []];
        }

        return entity.NumberedParts.Index().SelectMany(part =>
        {
            string below = Below(number, part.Index + 1);
            return (IEnumerable<(string, bool)>)(part.Item switch
            {
                { IsMessage: true } => [(below, false), .. PartsOf(part.Item.Parts[0], below)],
                { IsMultipart: true } => [(below, false), .. PartsOf(part.Item, below)],
                _ => [(below, true)],
            });
        });
    }

    private static string Below(string number, int part) => string.Create(
        CultureInfo.InvariantCulture, $"{number}{(number.Length == 0 ? "" : ".")}{part}");

    private string Item(string[] parts, string[] leaves, int octets)
    {
        int kind = _random.Next(12);
        if (kind < 2)
        {
            return Plain[_random.Next(Plain.Length)];
        }

        string[] among = kind is 2 or 3 ? leaves : parts;
        string part = _random.Next(6) == 0 || among.Length == 0 ? AnyPart() : among[_random.Next(among.Length)];
        if (kind is 2 or 3 && parts.Contains(part) && !leaves.Contains(part))
        {
            // BINARY is of leaves only; what is told of others is asked for elsewhere.
            part = "9";
        }

        return kind switch
        {
            2 => $"BINARY.PEEK[{part}]{Partial(octets)}",
            3 => $"BINARY.SIZE[{part}]",
            4 => $"BODY.PEEK[{part}.MIME]{Partial(200)}",
            5 => BodyText(part + ".", octets),
            < 9 => $"BODY.PEEK[{part}]{Partial(octets)}",
            9 => $"BODY.PEEK[]{Partial(octets)}",
            _ => BodyText("", octets),
        };
    }

    // Of fields, not from the middle: there Dovecot may take the CR of the empty line for its LF, and what it says depends on the fields.
    private string BodyText(string part, int octets)
    {
        string text = Text();
        return $"BODY.PEEK[{part}{text}]{(text.Contains(' ', StringComparison.Ordinal) ? "" : Partial(octets))}";
    }

    // Often not there. Never the first part of one that has none: there Dovecot finds the part itself.
    private string AnyPart() => string.Join('.', Enumerable.Range(0, _random.Next(1, 4)).Select(level => _random.Next(level == 0 ? 1 : 2, 5)));

    private string Text() => _random.Next(4) switch
    {
        0 => "HEADER",
        1 => "TEXT",
        2 => $"HEADER.FIELDS ({SomeFields()})",
        _ => $"HEADER.FIELDS.NOT ({SomeFields()})",
    };

    private string SomeFields() => string.Join(' ', Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Fields[_random.Next(Fields.Length)]).Distinct());

    private string Partial(int octets) => _random.Next(5) switch
    {
        0 => $"<0.{_random.Next(1, 50)}>",
        1 => $"<{_random.Next(octets + 20)}.{_random.Next(1, 400)}>",
        _ => "",
    };
}
