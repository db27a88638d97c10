using System.Globalization;
using System.Text;

namespace Imapd.Tests.Responses;

/// <summary>A connection on which everything the server says is parsed strictly.</summary>
/// <param name="send">Sends octets.</param>
/// <param name="receive">Waits for octets; 0 at the end.</param>
internal sealed class StrictConnection(Action<byte[]> send, Func<byte[], int> receive)
{
    private readonly byte[] _arrived = new byte[64 * 1024];
    private readonly ResponseStream _stream = new();
    private int _tag;

    /// <inheritdoc cref="ResponseStream.Utf8"/>
    public bool Utf8 => _stream.Utf8;

    /// <inheritdoc cref="ResponseStream.IsRev2"/>
    public bool IsRev2 => _stream.IsRev2;

    /// <summary>The response read last as it was sent, octets as characters, with its CRLF.</summary>
    public string LastText => _stream.LastText;

    public void Send(byte[] octets) => send(octets);

    public void Send(string octets) => send(Encoding.Latin1.GetBytes(octets));

    /// <summary>The next response; null when the server has closed the connection, be it in the middle of one.</summary>
    /// <exception cref="ResponseFormatException">It is not the grammar.</exception>
    public Response? TryRead()
    {
        Response? response;
        while ((response = _stream.TryTake()) is null)
        {
            int octets = receive(_arrived);
            if (octets == 0)
            {
                return null;
            }

            _stream.Add(_arrived.AsSpan(0, octets));
        }

        return response;
    }

    /// <summary>The next response; null when the server has closed the connection.</summary>
    /// <exception cref="ResponseFormatException">It is not the grammar, or it breaks off.</exception>
    public Response? Read()
    {
        Response? response = TryRead();
        ReadOnlySpan<byte> rest = _stream.Rest;
        return response is null && rest.Length > 0
            ? throw new ResponseFormatException("the end after " + Encoding.Latin1.GetString(rest[..Math.Min(rest.Length, 500)]))
            : response;
    }

    /// <summary>Everything up to the answer to the command with this tag, which is the last.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="text">What was read is added to it as it was sent, octets as characters.</param>
    /// <exception cref="EndOfStreamException">The server has closed the connection.</exception>
    public IReadOnlyList<Response> Finish(string tag, StringBuilder? text = null)
    {
        var responses = new List<Response>();
        do
        {
            responses.Add(Read() ?? throw new EndOfStreamException($"the server closed the connection before answering {tag}"));
            text?.Append(LastText);
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
