using System.Text;

namespace Imapd.Tests.Responses;

/// <summary>Octets in, whole responses out, each parsed strictly; what ENABLE brought is remembered.</summary>
internal sealed class ResponseStream
{
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;
    private int _lastLength;

    /// <summary>Whether the client has enabled UTF-8: what the server says decides.</summary>
    public bool Utf8 { get; private set; }

    /// <summary>Whether ENABLE has brought IMAP4rev2.</summary>
    public bool IsRev2 { get; private set; }

    /// <summary>What has arrived and is not yet taken: nothing, or the beginning of a response.</summary>
    public ReadOnlySpan<byte> Rest => _buffer.AsSpan(_start.._end);

    /// <summary>The response taken last as it was sent, octets as characters, with its CRLF. Until more is added.</summary>
    public string LastText => Encoding.Latin1.GetString(_buffer, _start - _lastLength, _lastLength);

    /// <summary>Takes in what has arrived.</summary>
    public void Add(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > _buffer.Length - _end)
        {
            byte[] to = Rest.Length + octets.Length > _buffer.Length ? new byte[2 * (Rest.Length + octets.Length)] : _buffer;
            Rest.CopyTo(to);
            (_buffer, _start, _end, _lastLength) = (to, 0, _end - _start, 0);
        }

        octets.CopyTo(_buffer.AsSpan(_end));
        _end += octets.Length;
    }

    /// <summary>The next response; null when it is not whole.</summary>
    /// <exception cref="ResponseFormatException">It is not the grammar.</exception>
    public Response? TryTake()
    {
        int length = ResponseParser.LengthOfFirst(Rest);
        if (length == 0)
        {
            return null;
        }

        Response response = ResponseParser.Parse(_buffer.AsMemory(_start, length), Utf8);
        _start += length;
        _lastLength = length;
        if (response.Name == "ENABLED")
        {
            string[] enabled = [.. response.Values.Select(static value => value.Text.ToUpperInvariant())];
            IsRev2 |= enabled.Contains("IMAP4REV2");
            Utf8 |= IsRev2 || enabled.Contains("UTF8=ACCEPT");
        }

        return response;
    }
}
