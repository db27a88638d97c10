using System.Text;
using Imapd.Protocol.Mime;
using Imapd.Storage.Maildir;
using Imapd.Worker.Fetch;

namespace Imapd.Worker.Search;

/// <summary>
/// Looks in one message for all the strings that a SEARCH names in BODY and TEXT: one reading, transfer encodings and
/// charsets undone, in bounded memory (RFC 9051 §6.4.4).
/// </summary>
/// <remarks>
/// Looked at are the header, the MIME headers of parts (TEXT only), the text/* parts, and the headers of messages inside
/// the message, which are part of its body. Other parts are passed over, as the RFC allows. A part is a text of its own:
/// no match begins in one and ends in the next.
/// </remarks>
internal sealed class TextSearch(IReadOnlyList<Needle> needles)
{
    private const int PieceOctets = 8192;

    private readonly NeedleFinder _finder = new(needles);
    private readonly byte[] _octets = new byte[PieceOctets];
    private readonly char[] _characters = new char[PieceOctets];

    /// <summary>Whether the message searched last has a string, by its place among the needles.</summary>
    public bool IsFound(int needle) => _finder.IsFound(needle);

    /// <summary>Searches a message.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public void Search(MessageFile file)
    {
        _finder.BeginMessage();
        SearchEntity(file, file.Structure(), TextScope.Headers);
        _finder.EndMessage();
    }

    // As deep as the scanner went, which is bounded (MimeLimits.MaxDepth).
    private void SearchEntity(MessageFile file, MimeEntity entity, TextScope headerScope)
    {
        SearchHeader(entity, headerScope);
        if (entity.IsMessage)
        {
            SearchEntity(file, entity.Parts[0], TextScope.Body);
        }
        else if (entity.IsMultipart)
        {
            foreach (MimeEntity part in entity.Parts)
            {
                if (_finder.IsDone)
                {
                    return;
                }

                SearchEntity(file, part, TextScope.Headers);
            }
        }
        else if (entity.ContentType.IsText)
        {
            SearchText(file, entity);
        }
    }

    private void SearchHeader(MimeEntity entity, TextScope scope)
    {
        foreach ((ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value) in HeaderFields.Enumerate(entity.Header))
        {
            if (_finder.IsDone)
            {
                return;
            }

            _finder.BeginText(scope);
            _finder.Offer(Encoding.Latin1.GetString(name.Span));
            _finder.Offer(": ");
            _finder.Offer(HeaderText.Decode(value.Span));
        }
    }

    private void SearchText(MessageFile file, MimeEntity part)
    {
        _finder.BeginText(TextScope.Body);
        Decoder decoder = CharsetOf(part).GetDecoder();
        var reader = DecodedReader.Open(file, part) ?? DecodedReader.OpenUndecoded(file, part);
        int read;
        do
        {
            read = reader.Read(_octets);
            Offer(decoder, _octets.AsSpan(0, read), isLast: read == 0);
        }
        while (read > 0 && !_finder.IsDone);
    }

    private void Offer(Decoder decoder, ReadOnlySpan<byte> octets, bool isLast)
    {
        bool isComplete;
        do
        {
            decoder.Convert(octets, _characters, isLast, out int used, out int characters, out isComplete);
            octets = octets[used..];
            _finder.Offer(_characters.AsSpan(0, characters));
        }
        while (!isComplete);
    }

    // Text in no charset, or in ASCII that is none, is mostly UTF-8 today; what is not valid in it becomes U+FFFD.
    private static Encoding CharsetOf(MimeEntity part)
    {
        string? name = part.ContentType.Charset;
        return name is null || name.Equals("us-ascii", StringComparison.OrdinalIgnoreCase)
            ? Encoding.UTF8
            : Charsets.Find(name) ?? Encoding.Latin1;
    }
}
