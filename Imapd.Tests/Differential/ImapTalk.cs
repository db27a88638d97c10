using System.Globalization;
using System.Text;

namespace Imapd.Tests.Differential;

/// <summary>What a server said to a command.</summary>
/// <param name="Command">The command, without its tag.</param>
/// <param name="Untagged">The responses before the tagged one, without <c>* </c>, literals in place, an octet a character.</param>
/// <param name="Status">The tagged response, without its tag.</param>
internal sealed record Answer(string Command, IReadOnlyList<string> Untagged, string Status)
{
    public bool IsOk => Status.StartsWith("OK", StringComparison.Ordinal);
}

/// <summary>IMAP over two streams, as exact as the octets: an octet is shown as a character, one for one.</summary>
internal sealed class ImapTalk(Stream fromServer, Stream toServer)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _at;
    private int _end;
    private int _tag;

    /// <summary>What a server said elsewhere that has gone.</summary>
    public Func<string> LastWords { get; init; } = static () => "";

    /// <summary>Gives a command and reads its answer.</summary>
    /// <exception cref="IOException">The server has gone.</exception>
    public Answer Ask(string command)
    {
        // One at a time: Dovecot mixes the answers to commands that are given together.
        string tag = $"t{++_tag} ";
        Send($"{tag}{command}\r\n");
        var untagged = new List<string>();
        while (ReadResponse() is { } response)
        {
            if (response.StartsWith(tag, StringComparison.Ordinal))
            {
                return new Answer(command, untagged, response[tag.Length..]);
            }

            untagged.Add(response.StartsWith("* ", StringComparison.Ordinal) ? response[2..] : response);
        }

        throw new IOException($"the server has gone after {command}: {LastWords()}");
    }

    public void Send(string text)
    {
        toServer.Write(Encoding.Latin1.GetBytes(text));
        toServer.Flush();
    }

    /// <summary>One response without its line end, literals in place; null when the server has gone.</summary>
    public string? ReadResponse()
    {
        var response = new StringBuilder();
        while (true)
        {
            int start = response.Length;
            if (!ReadLine(response))
            {
                return null;
            }

            if (!TryReadLiteralHeader(response, start, out int octets))
            {
                response.Length -= 2;
                return response.ToString();
            }

            ReadOctets(response, octets);
        }
    }

    // A line ends in CRLF: a CR or an LF alone is part of it, should a server send one.
    private bool ReadLine(StringBuilder to)
    {
        char last = '\0';
        while (true)
        {
            if (_at == _end && !Fill())
            {
                return false;
            }

            char octet = (char)_buffer[_at++];
            to.Append(octet);
            if (octet == '\n' && last == '\r')
            {
                return true;
            }

            last = octet;
        }
    }

    private static bool TryReadLiteralHeader(StringBuilder response, int start, out int octets)
    {
        octets = 0;
        int open = response.Length - 4;
        while (open >= start && char.IsAsciiDigit(response[open]))
        {
            open--;
        }

        return response.Length >= start + 5 && response[^3] == '}' && open >= start && response[open] == '{'
            && int.TryParse(response.ToString(open + 1, response.Length - open - 4), NumberStyles.None, CultureInfo.InvariantCulture, out octets);
    }

    private void ReadOctets(StringBuilder to, int count)
    {
        while (count > 0)
        {
            if (_at == _end && !Fill())
            {
                throw new IOException("the server has gone in the middle of a literal");
            }

            int length = Math.Min(count, _end - _at);
            to.Append(Encoding.Latin1.GetString(_buffer, _at, length));
            _at += length;
            count -= length;
        }
    }

    private bool Fill()
    {
        _at = 0;
        _end = fromServer.Read(_buffer);
        return _end > 0;
    }
}
