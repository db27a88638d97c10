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
/// Looked at are, by TEXT only, all headers: the message's, those of parts and of messages inside; and the parts of type text/*, and
/// of message/* that are no messages to be taken apart, such as reports. Other parts are passed over, as the RFC allows. A part is
/// a text of its own: no match begins in one and ends in the next.
/// </remarks>
internal sealed class TextSearch(IReadOnlyList<Needle> needles)
{
    private const int PieceOctets = 8192;

    private readonly NeedleFinder _finder = new(needles);
    private readonly bool _needsLineEnds = needles.Any(static needle => needle.HasLineEnd);
    private readonly byte[] _octets = new byte[PieceOctets];
    private readonly char[] _characters = new char[PieceOctets];
    private Encoding? _judged;
    private bool _isAsciiWithin;

    /// <summary>Whether the message searched last has a string, by its place among the needles.</summary>
    public bool IsFound(int needle) => _finder.IsFound(needle);

    /// <summary>Searches a message.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public void Search(MessageFile file)
    {
        _finder.BeginMessage();
        SearchEntity(file, file.Parts());
        _finder.EndMessage();
    }

    // As deep as the scanner went, which is bounded (MimeLimits.MaxDepth).
    private void SearchEntity(MessageFile file, MimeEntity entity)
    {
        if (_finder.Wants(TextScope.Headers))
        {
            SearchHeader(file.HeaderOf(entity).Span);
        }

        if (entity.IsMessage)
        {
            SearchEntity(file, entity.Parts[0]);
        }
        else if (entity.IsMultipart)
        {
            foreach (MimeEntity part in entity.Parts)
            {
                if (_finder.IsDone)
                {
                    return;
                }

                SearchEntity(file, part);
            }
        }
        else if (entity.ContentType.IsText || entity.Type.Equals("message", StringComparison.OrdinalIgnoreCase))
        {
            SearchText(file, entity);
        }
    }

    private void SearchHeader(ReadOnlySpan<byte> header)
    {
        var fields = new HeaderFieldReader(header);
        while (fields.MoveNext() && !_finder.IsDone)
        {
            if (!fields.IsField)
            {
                continue;
            }

            _finder.BeginText(TextScope.Headers);
            if (!_finder.TryOffer(fields.Name))
            {
                _finder.Offer(Encoding.Latin1.GetString(fields.Name));
            }

            if (!_finder.TryOffer(": "u8))
            {
                _finder.Offer(": ");
            }

            if (!PlainValue.TryUnfold(fields.Value, out ReadOnlySpan<byte> plain) || !_finder.TryOffer(plain))
            {
                _finder.Offer(HeaderText.Decode(fields.Value));
            }
        }
    }

    private void SearchText(MessageFile file, MimeEntity part)
    {
        _finder.BeginText(TextScope.Body);
        Encoding charset = CharsetOf(part);
        bool isAsciiWithin = IsAsciiWithin(charset);
        Decoder decoder = charset.GetDecoder();
        DecodedReader? reader = isAsciiWithin && !_needsLineEnds && IsAsItIs(part)
            ? null
            : DecodedReader.Open(file, part) ?? DecodedReader.OpenUndecoded(file, part);
        if (reader is null)
        {
            SearchRaw(file, part, decoder);
            return;
        }

        bool isWide = !isAsciiWithin;
        int read;
        do
        {
            read = reader.Read(_octets);
            Offer(decoder, _octets.AsSpan(0, read), isLast: read == 0, ref isWide);
        }
        while (read > 0 && !_finder.IsDone);
    }

    // Whether a line ends in LF or CRLF is nothing to a string without line ends: the file's octets will do.
    private void SearchRaw(MessageFile file, MimeEntity part, Decoder decoder)
    {
        bool isWide = false;
        ReadOnlySpan<byte> octets;
        long at = part.BodyStart.Raw;
        do
        {
            octets = file.PeekRaw(at, part.End.Raw);
            at += octets.Length;
            Offer(decoder, octets, isLast: octets.IsEmpty, ref isWide);
        }
        while (!octets.IsEmpty && !_finder.IsDone);
    }

    // Up to the first octet that is not ASCII no decoder is needed, and it would have come to no state of its own.
    private void Offer(Decoder decoder, ReadOnlySpan<byte> octets, bool isLast, ref bool isWide)
    {
        if (!isWide && _finder.TryOffer(octets))
        {
            return;
        }

        isWide = true;
        bool isComplete;
        do
        {
            decoder.Convert(octets, _characters, isLast, out int used, out int characters, out isComplete);
            octets = octets[used..];
            _finder.Offer(_characters.AsSpan(0, characters));
        }
        while (!isComplete);
    }

    private static bool IsAsItIs(MimeEntity part) =>
        part.TransferEncoding is "7BIT" or "8BIT" or "BINARY" || TransferDecoder.For(part.TransferEncoding) is null;

    // Text in no charset, in ASCII that is none, or in a charset that nobody knows is mostly UTF-8 today; octets that are
    // not are characters of their own.
    private static Encoding CharsetOf(MimeEntity part)
    {
        string? name = part.ContentType.Charset;
        return name is null || name.Equals("us-ascii", StringComparison.OrdinalIgnoreCase)
            ? Charsets.Octets
            : Charsets.Find(name) ?? Charsets.Octets;
    }

    // Whether octets below 128 are ASCII wherever they stand. Charsets of several octets other than UTF-8 are not asked:
    // some of them shift into other meanings of the same octets.
    private bool IsAsciiWithin(Encoding charset)
    {
        if (!ReferenceEquals(charset, _judged))
        {
            _judged = charset;
            _isAsciiWithin = charset.CodePage == Encoding.UTF8.CodePage || (charset.IsSingleByte && IsAscii(charset));
        }

        return _isAsciiWithin;
    }

    private static bool IsAscii(Encoding charset)
    {
        Span<byte> octets = stackalloc byte[128];
        for (int i = 0; i < octets.Length; i++)
        {
            octets[i] = (byte)i;
        }

        return charset.GetString(octets) == Encoding.ASCII.GetString(octets);
    }
}
