using System.Globalization;
using System.Text;

namespace Imapd.Tests.Responses;

/// <summary>A connection on which everything the server says is parsed strictly.</summary>
/// <param name="send">Sends octets.</param>
/// <param name="receive">Waits for octets; 0 at the end.</param>
internal sealed class StrictConnection(Action<byte[]> send, Func<byte[], int> receive)
{
    private readonly byte[] _arrived = new byte[64 * 1024];
    private byte[] _buffer = new byte[64 * 1024];
    private int _length;
    private int _tag;

    /// <summary>Whether the client has enabled UTF-8: what the server says decides.</summary>
    public bool Utf8 { get; private set; }

    /// <summary>Whether ENABLE has brought IMAP4rev2.</summary>
    public bool IsRev2 { get; private set; }

    public void Send(byte[] octets) => send(octets);

    public void Send(string octets) => send(Encoding.Latin1.GetBytes(octets));

    /// <summary>The next response; null when the server has closed the connection.</summary>
    /// <exception cref="ResponseFormatException">It is not the grammar, or it breaks off.</exception>
    public Response? Read()
    {
        int length;
        while ((length = ResponseParser.LengthOfFirst(_buffer.AsSpan(0, _length))) == 0)
        {
            int octets = receive(_arrived);
            if (octets == 0)
            {
                return _length == 0 ? null
                    : throw new ResponseFormatException("the end after " + Encoding.Latin1.GetString(_buffer, 0, Math.Min(_length, 500)));
            }

            if (_length + octets > _buffer.Length)
            {
                Array.Resize(ref _buffer, 2 * (_length + octets));
            }

            _arrived.AsSpan(0, octets).CopyTo(_buffer.AsSpan(_length));
            _length += octets;
        }

        Response response = ResponseParser.Parse(_buffer.AsMemory(0, length), Utf8);
        _buffer.AsSpan(length, _length - length).CopyTo(_buffer);
        _length -= length;
        if (response.Name == "ENABLED")
        {
            string[] enabled = [.. response.Values.Select(static value => value.Text.ToUpperInvariant())];
            IsRev2 |= enabled.Contains("IMAP4REV2");
            Utf8 |= IsRev2 || enabled.Contains("UTF8=ACCEPT");
        }

        return response;
    }

    /// <summary>Everything up to the answer to the command with this tag, which is the last.</summary>
    /// <exception cref="EndOfStreamException">The server has closed the connection.</exception>
    public IReadOnlyList<Response> Finish(string tag)
    {
        var responses = new List<Response>();
        do
        {
            responses.Add(Read() ?? throw new EndOfStreamException($"the server closed the connection before answering {tag}"));
        }
        while (responses[^1].Tag != tag);
        return responses;
    }

    /// <summary>Sends a command under a new tag and reads up to its answer.</summary>
    public IReadOnlyList<Response> Command(string command)
    {
        string tag = string.Create(CultureInfo.InvariantCulture, $"t{++_tag}");
        Send($"{tag} {command}\r\n");
        return Finish(tag);
    }
}
