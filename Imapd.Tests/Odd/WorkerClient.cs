using System.Globalization;
using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Stress.Client;

namespace Imapd.Tests.Odd;

/// <summary>A client of a worker process of its own.</summary>
internal sealed class WorkerClient : IDisposable
{
    private readonly StressConnection _connection;
    private int _tag;

    public WorkerClient(StressConnection connection)
    {
        _connection = connection;
        Greeting = connection.Read() is null ? "" : connection.LastText;
    }

    public string Greeting { get; }

    public ProcessView Process => new(_connection.ProcessId);

    /// <summary>Sends a command and reads all that is said until it is answered.</summary>
    public ImapReply Command(string text) => Finish(Send(text));

    public ImapReply Append(string mailbox, string message) =>
        Command(string.Create(CultureInfo.InvariantCulture, $"APPEND {mailbox} {{{message.Length}+}}\r\n{message}"));

    /// <summary>Sends a command and reads nothing.</summary>
    /// <returns>Its tag.</returns>
    public string Send(string text)
    {
        string tag = string.Create(CultureInfo.InvariantCulture, $"t{++_tag}");
        _connection.Send($"{tag} {text}\r\n");
        return tag;
    }

    /// <summary>Reads until a command is answered.</summary>
    /// <exception cref="EndOfStreamException">The worker has ended.</exception>
    public ImapReply Finish(string tag)
    {
        var untagged = new List<string>();
        while (_connection.Read() is { } response)
        {
            if (response.Tag == tag)
            {
                return new ImapReply(untagged, _connection.LastText[(tag.Length + 1)..]);
            }

            untagged.Add(_connection.LastText);
        }

        throw new EndOfStreamException($"the worker ended before answering {tag}: {string.Join('\n', untagged)}");
    }

    public void Dispose() => _connection.Dispose();
}
