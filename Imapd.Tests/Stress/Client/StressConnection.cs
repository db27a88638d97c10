using Imapd.Tests.Responses;

namespace Imapd.Tests.Stress.Client;

/// <summary>A connection to a server: commands out, whole responses in, parsed strictly.</summary>
internal sealed class StressConnection : IDisposable
{
    private readonly Action _close;
    private readonly StrictConnection _connection;

    /// <param name="from">What the server says.</param>
    /// <param name="to">What it hears.</param>
    /// <param name="close">Ends everything; returns when nothing that was sent can have an effect any more.</param>
    public StressConnection(Stream from, Stream to, Action close)
    {
        _close = close;
        _connection = new StrictConnection(
            octets =>
            {
                to.Write(octets);
                to.Flush();
            },
            buffer => Receive(from, buffer));
    }

    /// <summary>The process that serves it; 0 when that is not known.</summary>
    public int ProcessId { get; init; }

    /// <summary>The response read last, literals in place, without its CRLF.</summary>
    public string LastText => _connection.LastText[..^2];

    /// <exception cref="IOException">The server is gone.</exception>
    public void Send(string octets) => _connection.Send(octets);

    /// <summary>One response; null when the server is gone.</summary>
    /// <exception cref="ResponseFormatException">It is not the grammar.</exception>
    public Response? Read() => _connection.TryRead();

    public void Dispose() => _close();

    private static int Receive(Stream from, byte[] buffer)
    {
        try
        {
            return from.Read(buffer);
        }
        catch (IOException)
        {
            // A connection that was reset has ended as well.
            return 0;
        }
    }
}
