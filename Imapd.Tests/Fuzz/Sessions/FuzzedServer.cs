using Imapd.Tests.Responses;

namespace Imapd.Tests.Fuzz.Sessions;

/// <summary>A server with mail of its own that any octets are sent to.</summary>
internal abstract class FuzzedServer : IDisposable
{
    /// <summary>The messages that must still be there, in a mailbox that no input names.</summary>
    public const string KeptMailbox = "kept-4f1e77";

    public static IReadOnlyList<string> KeptMessages { get; } = ["Subject: one\r\n\r\n1\r\n", "Subject: two\r\n\r\n2\r\n", "Subject: three\r\n\r\n3\r\n"];

    /// <summary>Another client, who has not read the greeting.</summary>
    public abstract FuzzedClient Connect();

    /// <summary>What has come to harm beside the messages that must be kept; empty when nothing has.</summary>
    public abstract string Harm();

    public abstract void Dispose();

    /// <summary>Stores the messages that must be kept.</summary>
    public void StoreKept()
    {
        using FuzzedClient client = LogIn();
        client.Connection.Command($"CREATE {KeptMailbox}");
        foreach (string message in KeptMessages)
        {
            client.Connection.Command($"APPEND {KeptMailbox} (\\Seen) {{{message.Length}+}}\r\n{message}");
            client.Connection.Command($"APPEND INBOX () {{{message.Length}+}}\r\n{message}");
        }
    }

    /// <exception cref="FuzzFailure">They are not there any more, or something else is harmed.</exception>
    public void CheckUnharmed()
    {
        using FuzzedClient client = LogIn();
        IReadOnlyList<Response> selected = client.Connection.Command($"EXAMINE {KeptMailbox}");
        IReadOnlyList<Response> fetched = client.Connection.Command("FETCH 1:* (UID FLAGS BODY.PEEK[])");
        string[] messages = [.. fetched.Where(static response => response.Name == "FETCH").Select(static response => $"{response["UID"]} {response["FLAGS"]} {response["BODY[]"]?.Text}")];
        string[] expected = [.. KeptMessages.Select(static (message, place) => $"{place + 1} (\\Seen) {message}")];
        if (!messages.SequenceEqual(expected))
        {
            throw new FuzzFailure($"what was kept is\n{string.Join('\n', messages)}\n{selected[^1]}\n{fetched[^1]}");
        }

        if (Harm() is { Length: > 0 } harm)
        {
            throw new FuzzFailure(harm);
        }
    }

    private FuzzedClient LogIn()
    {
        FuzzedClient client = Connect();
        _ = client.Connection.Read();
        Response answer = client.Connection.Command(client.Login)[^1];
        return answer.Name == "OK" ? client : throw new FuzzFailure($"nobody can log in any more: {answer}");
    }
}

/// <summary>One client of it.</summary>
/// <param name="connection">What is said.</param>
/// <param name="login">The command to log in with.</param>
/// <param name="close">Ends it.</param>
internal sealed class FuzzedClient(StrictConnection connection, string login, Action close) : IDisposable
{
    public StrictConnection Connection { get; } = connection;

    public string Login { get; } = login;

    public void Dispose() => close();
}
