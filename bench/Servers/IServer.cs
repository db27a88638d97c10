namespace Imapd.Bench.Servers;

/// <summary>An IMAP server under measurement.</summary>
internal interface IServer : IDisposable
{
    string Name { get; }

    /// <summary>The process all others of the server descend from.</summary>
    int ProcessId { get; }

    /// <summary>The port with TLS from the first octet, on 127.0.0.1.</summary>
    int TlsPort { get; }

    /// <summary>The port that starts in clear.</summary>
    int ClearPort { get; }

    /// <summary>The end of what it has logged.</summary>
    string LogTail { get; }

    /// <summary>What stands between the levels of a mailbox's name.</summary>
    char Delimiter { get; }
}
