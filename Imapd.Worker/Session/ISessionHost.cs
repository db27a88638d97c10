using Imapd.Protocol.Handoff;

namespace Imapd.Worker.Session;

/// <summary>What a session needs from the process around it; each mode of the worker has its own.</summary>
internal interface ISessionHost
{
    /// <summary>Who is connected, and how.</summary>
    ConnectionFacts Facts { get; }

    /// <summary>The channel to the master, to poll(2) for reading; -1 when there is none.</summary>
    int ControlDescriptor { get; }

    /// <summary>The protocol log that the user has in his home, open since the login; null: none. The session closes it.</summary>
    RawLog? UserLog => null;

    /// <summary>Reads what the master sent, when <see cref="ControlDescriptor"/> is readable.</summary>
    /// <returns>Why the session has to end; null when it does not.</returns>
    ShutdownReason? ReadControl();

    /// <summary>
    /// All of a login: checks the password and the account, hears the master, becomes the user. Wipes nothing: the caller
    /// wipes the password.
    /// </summary>
    LoginOutcome Login(string user, byte[] password);

    /// <summary>Has the master take over the stream, after STARTTLS was answered.</summary>
    /// <returns>Whether <paramref name="client"/> now is the decrypted stream; otherwise the session ends.</returns>
    bool StartTls(ClientConnection client);

    /// <summary>The session is over.</summary>
    void Report(SessionEnd reason, ulong octetsIn, ulong octetsOut);

    /// <summary>One line for the log. Text of the client's in it must have been made safe.</summary>
    void Log(LogSeverity severity, string text);
}
