using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Imapd.Master.Configuration;

namespace Imapd.Master.Control;

/// <summary>Asks the processes of a server at their control sockets, all at once.</summary>
internal static class ControlClient
{
    /// <summary>More than the sessions of a million connections take.</summary>
    private const int MaxAnswerOctets = 512 * 1024 * 1024;

    /// <summary>Sends one request and waits for all answers, each for as long as the command allows.</summary>
    /// <param name="path">See <see cref="ControlPath"/>.</param>
    /// <param name="command">The command.</param>
    /// <param name="line">The request without its end.</param>
    /// <exception cref="UsageException">The sockets cannot be looked for, or nobody is there.</exception>
    public static async Task<ControlReplies> AskAsync(string path, ControlCommand command, string line)
    {
        IReadOnlyList<string> sockets = Find(path);
        IEnumerable<string> asked = command.AsksAll ? sockets : sockets.Take(1);
        List<JsonElement> answers = [];
        List<string> errors = [];
        foreach ((JsonElement? answer, string? error) in await Task.WhenAll(asked.Select(socket => AskAsync(socket, line, command.Patience))).ConfigureAwait(false))
        {
            if (error is not null)
            {
                errors.Add(error);
            }
            else if (answer is JsonElement document)
            {
                answers.Add(document);
            }
        }
        return answers.Count + errors.Count > 0 ? new ControlReplies(answers, errors) : throw Nobody(path);
    }

    private static UsageException Nobody(string path) => new($"no imapd answers at {path}");

    private static IReadOnlyList<string> Find(string path)
    {
        try
        {
            return ControlPath.All(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"the control socket {path} cannot be reached: {error.Message}");
        }
    }

    // Neither an answer nor an error: nobody is there any more.
    private static async Task<(JsonElement? Answer, string? Error)> AskAsync(string socket, string line, TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        bool isConnected = false;
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), deadline.Token).ConfigureAwait(false);
            isConnected = true;
            await SendAsync(connection, line, deadline.Token).ConfigureAwait(false);
            using var octets = new MemoryStream();
            byte[] buffer = new byte[64 * 1024];
            while (await ReadAsync(connection, buffer, deadline.Token).ConfigureAwait(false) is > 0 and int length)
            {
                if (octets.Length + length > MaxAnswerOctets)
                {
                    return (null, $"{socket}: the answer is too long");
                }
                octets.Write(buffer, 0, length);
            }
            return octets.Length == 0 ? (null, null) : Read(socket, octets.ToArray());
        }
        catch (OperationCanceledException)
        {
            return (null, $"{socket}: no answer within {patience.TotalSeconds} s");
        }
        catch (SocketException error)
        {
            return isConnected || error.SocketErrorCode == SocketError.AccessDenied ? (null, $"{socket}: {error.Message}") : (null, null);
        }
    }

    // Whoever may not ask is told so before he has asked, and finds nobody to send to.
    private static async Task SendAsync(Socket connection, string line, CancellationToken cancel)
    {
        try
        {
            await connection.SendAsync(Encoding.UTF8.GetBytes(line + "\n"), cancel).ConfigureAwait(false);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.Shutdown or SocketError.ConnectionReset)
        {
            // what was said is read all the same
        }
    }

    // Over a request that was not read to its end the connection is reset, behind the answer.
    private static async Task<int> ReadAsync(Socket connection, byte[] buffer, CancellationToken cancel)
    {
        try
        {
            return await connection.ReceiveAsync(buffer, cancel).ConfigureAwait(false);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }

    private static (JsonElement? Answer, string? Error) Read(string socket, byte[] octets)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(octets);
            JsonElement answer = document.RootElement.Clone();
            return answer.ValueKind != JsonValueKind.Object ? NoAnswer(socket)
                : answer.TryGetProperty("error", out JsonElement error) ? (null, error.ToString())
                : (answer, null);
        }
        catch (JsonException)
        {
            return NoAnswer(socket);
        }
    }

    private static (JsonElement?, string?) NoAnswer(string socket) => (null, $"{socket}: what came is no answer");
}
