using System.Buffers;
using System.Globalization;

namespace Imapd.Tests.Differential;

/// <summary>Which sections a message has by the BODYSTRUCTURE that a server has told (RFC 9051 §6.4.5.1).</summary>
internal sealed class ToldParts
{
    private static readonly SearchValues<char> NumberOctets = SearchValues.Create("0123456789.");

    private readonly HashSet<string> _parts = [];
    private readonly HashSet<string> _messages = [];
    private readonly HashSet<string> _multiparts = [];

    /// <param name="body">What followed the word BODYSTRUCTURE.</param>
    public ToldParts(ImapValue body)
    {
        if (IsMultipart(body))
        {
            AddInside(body, "");
        }
        else
        {
            AddPart(body, "1");
        }
    }

    /// <summary>Those of each message that an answer tells the structure of, by message number.</summary>
    public static IEnumerable<(int Number, ToldParts Parts)> Of(Answer answer)
    {
        foreach (string response in answer.Untagged)
        {
            IReadOnlyList<ImapValue> values = response.Contains(" FETCH (BODYSTRUCTURE ", StringComparison.Ordinal) ? ImapValue.ParseAll(response) : [];
            if (values.Count == 3 && values[2].Items is [_, var body])
            {
                yield return ((int)values[0].Number, new ToldParts(body));
            }
        }
    }

    /// <summary>Whether there is what an item asks for: <c>BODY[1.2.MIME]&lt;0&gt;</c>, <c>BINARY.SIZE[3]</c>.</summary>
    public bool Has(string item)
    {
        string section = SectionOf(item);
        int letter = section.AsSpan().IndexOfAnyExcept(NumberOctets);
        string number = (letter < 0 ? section : section[..letter]).TrimEnd('.');
        bool isOfMessage = letter >= 0 && !section.AsSpan(letter).StartsWith("MIME");
        return number.Length == 0 || (isOfMessage ? _messages : _parts).Contains(number);
    }

    /// <summary>Whether an item asks for the whole of a part that has parts.</summary>
    public bool IsOfPartWithParts(string item) => SectionOf(item) is var section && (_multiparts.Contains(section) || _messages.Contains(section));

    private static string SectionOf(string item) => item[(item.IndexOf('[', StringComparison.Ordinal) + 1)..item.LastIndexOf(']')];

    private static bool IsMultipart(ImapValue body) => body.Items[0].Text is null;

    private static bool IsMessage(ImapValue body) => body.Items is { Count: > 8 } items && items[7].Text is null && items[8].Text is null;

    private void AddInside(ImapValue multipart, string number)
    {
        foreach ((int place, ImapValue part) in multipart.Items.TakeWhile(static item => item.Text is null).Index())
        {
            AddPart(part, string.Create(CultureInfo.InvariantCulture, $"{number}{place + 1}"));
        }
    }

    private void AddPart(ImapValue part, string number)
    {
        _parts.Add(number);
        if (IsMultipart(part))
        {
            _multiparts.Add(number);
            AddInside(part, number + ".");
        }
        else if (IsMessage(part))
        {
            _messages.Add(number);
            if (IsMultipart(part.Items[8]))
            {
                AddInside(part.Items[8], number + ".");
            }
            else
            {
                AddPart(part.Items[8], number + ".1");
            }
        }
    }
}
