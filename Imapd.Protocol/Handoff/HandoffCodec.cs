namespace Imapd.Protocol.Handoff;

/// <summary>
/// The wire between master, worker and password checker: one datagram per message, <see cref="Version"/>, the type,
/// the session id (8 octets, big-endian), then the fields in the order of the record. Numbers are big-endian, text is
/// UTF-8 behind its length in two octets, an enumeration is one octet.
/// </summary>
public static class HandoffCodec
{
    /// <summary>First octet of every message. Master and worker of one package always agree.</summary>
    public const byte Version = 2;

    /// <summary>The largest datagram, in octets: receive into a buffer of this size; a truncated one is refused.</summary>
    public const int MaxDatagramOctets = 4096;

    /// <summary>The longest user name, in octets. Longer ones belong to nobody: refuse them before sending.</summary>
    public const int MaxUserOctets = 1024;

    /// <summary>The longest password, in octets; libpam itself takes 512.</summary>
    public const int MaxPasswordOctets = 2048;

    /// <summary>The longest text for people (log lines, reasons), in octets; longer text is cut.</summary>
    public const int MaxTextOctets = 2048;

    /// <summary>The longest address or protocol name, in octets.</summary>
    internal const int MaxNameOctets = 128;

    private enum Kind : byte
    {
        Connection = 1,
        StartTlsReply = 2,
        LoginVerdict = 3,
        Shutdown = 4,
        AuthenticatorReply = 5,
        StartTlsRequest = 16,
        LoginSucceeded = 17,
        LoginFailed = 18,
        SessionEnded = 19,
        LogRecord = 20,
        AuthenticatorRequest = 21,
        PasswordCheck = 32,
        PasswordVerdict = 33,
    }

    /// <summary>Writes a message as one datagram of at most <see cref="MaxDatagramOctets"/> octets.</summary>
    /// <exception cref="ArgumentException">A user name, password or address is longer than its limit.</exception>
    public static byte[] Encode(HandoffMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Span<byte> buffer = stackalloc byte[MaxDatagramOctets];
        var writer = new HandoffWriter(buffer);
        writer.Octet(Version);
        writer.Octet((byte)KindOf(message));
        writer.UInt64(message.Id);
        WriteFields(ref writer, message);
        byte[] datagram = buffer[..writer.Length].ToArray();
        buffer.Clear(); // it may have held a password
        return datagram;
    }

    /// <summary>
    /// Reads one datagram. Never throws: whatever is not exactly one message of this version, nothing missing and
    /// nothing left over, is refused.
    /// </summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> datagram, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HandoffMessage? message)
    {
        message = null;
        if (datagram.Length > MaxDatagramOctets)
        {
            return false;
        }
        var reader = new HandoffReader(datagram);
        if (reader.Octet() != Version)
        {
            return false;
        }
        var kind = (Kind)reader.Octet();
        HandoffMessage? read = ReadFields(ref reader, kind, reader.UInt64());
        message = reader.IsGood ? read : null;
        return message is not null;
    }

    private static Kind KindOf(HandoffMessage message) => message switch
    {
        ConnectionHandoff => Kind.Connection,
        StartTlsReply => Kind.StartTlsReply,
        LoginVerdict => Kind.LoginVerdict,
        ShutdownRequest => Kind.Shutdown,
        AuthenticatorReply => Kind.AuthenticatorReply,
        StartTlsRequest => Kind.StartTlsRequest,
        LoginSucceeded => Kind.LoginSucceeded,
        LoginFailed => Kind.LoginFailed,
        SessionEnded => Kind.SessionEnded,
        LogRecord => Kind.LogRecord,
        AuthenticatorRequest => Kind.AuthenticatorRequest,
        PasswordCheck => Kind.PasswordCheck,
        PasswordVerdict => Kind.PasswordVerdict,
        _ => throw new ArgumentException($"{message.GetType().Name} has no form on the wire"),
    };

    private static void WriteFields(ref HandoffWriter writer, HandoffMessage message)
    {
        switch (message)
        {
            case ConnectionHandoff connection:
                writer.Text(connection.PeerAddress, MaxNameOctets);
                writer.UInt16(connection.PeerPort);
                writer.Text(connection.LocalAddress, MaxNameOctets);
                writer.UInt16(connection.LocalPort);
                writer.Tls(connection.Tls);
                writer.Bool(connection.CanStartTls);
                writer.UInt128(connection.GuessKey);
                break;
            case StartTlsReply reply:
                writer.Tls(reply.Tls);
                break;
            case LoginVerdict verdict:
                writer.Bool(verdict.Allowed);
                writer.TextCut(verdict.Text, MaxTextOctets);
                break;
            case ShutdownRequest shutdown:
                writer.Octet((byte)shutdown.Reason);
                break;
            case AuthenticatorReply reply:
                writer.Bool(reply.Available);
                break;
            case LoginSucceeded login:
                writer.Text(login.User, MaxUserOctets);
                writer.UInt32(login.UserId);
                break;
            case LoginFailed failed:
                writer.TextCut(failed.User, MaxUserOctets);
                writer.Octet((byte)failed.Reason);
                writer.UInt64(failed.Guess);
                break;
            case SessionEnded ended:
                writer.Octet((byte)ended.Reason);
                writer.UInt64(ended.OctetsIn);
                writer.UInt64(ended.OctetsOut);
                break;
            case LogRecord record:
                writer.Octet((byte)record.Severity);
                writer.TextCut(record.Text, MaxTextOctets);
                break;
            case PasswordCheck check:
                writer.Text(check.User, MaxUserOctets);
                writer.Octets(check.Password, MaxPasswordOctets);
                break;
            case PasswordVerdict verdict:
                writer.Bool(verdict.Ok);
                writer.Octet((byte)verdict.Failure);
                writer.Text(verdict.User, MaxUserOctets);
                writer.UInt32(verdict.UserId);
                break;
        }
    }

    private static HandoffMessage? ReadFields(ref HandoffReader reader, Kind kind, ulong id) => kind switch
    {
        Kind.Connection => new ConnectionHandoff(
            id,
            reader.Text(MaxNameOctets),
            reader.UInt16(),
            reader.Text(MaxNameOctets),
            reader.UInt16(),
            reader.Tls(),
            reader.Bool(),
            reader.UInt128()),
        Kind.StartTlsReply => new StartTlsReply(id, reader.Tls()),
        Kind.LoginVerdict => new LoginVerdict(id, reader.Bool(), reader.Text(MaxTextOctets)),
        Kind.Shutdown => new ShutdownRequest(id, (ShutdownReason)reader.Member(1, 3)),
        Kind.AuthenticatorReply => new AuthenticatorReply(id, reader.Bool()),
        Kind.StartTlsRequest => new StartTlsRequest(id),
        Kind.LoginSucceeded => new LoginSucceeded(id, reader.Text(MaxUserOctets), reader.UInt32()),
        Kind.LoginFailed => new LoginFailed(
            id, reader.Text(MaxUserOctets), (LoginFailure)reader.Member(0, 5), reader.UInt64()),
        Kind.SessionEnded => new SessionEnded(
            id, (SessionEnd)reader.Member(1, 10), reader.UInt64(), reader.UInt64()),
        Kind.LogRecord => new LogRecord(id, (LogSeverity)reader.Member(1, 4), reader.Text(MaxTextOctets)),
        Kind.AuthenticatorRequest => new AuthenticatorRequest(id),
        Kind.PasswordCheck => new PasswordCheck(
            id, reader.Text(MaxUserOctets), reader.Octets(MaxPasswordOctets).ToArray()),
        Kind.PasswordVerdict => new PasswordVerdict(
            id, reader.Bool(), (LoginFailure)reader.Member(0, 5), reader.Text(MaxUserOctets), reader.UInt32()),
        _ => null,
    };
}
