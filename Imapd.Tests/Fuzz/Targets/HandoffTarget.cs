using Imapd.Protocol.Handoff;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>What master and worker say to each other: whatever is taken for a message has one form only, that one.</summary>
internal sealed class HandoffTarget : FuzzTarget
{
    public override string Name => "handoff";

    public override int MaxInputOctets => HandoffCodec.MaxDatagramOctets + 10;

    public override IEnumerable<byte[]> Seeds { get; } =
    [
        .. new HandoffMessage[]
        {
            new ConnectionHandoff(1, "192.0.2.1", 5000, "::1", 993, new TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384"), false),
            new ConnectionHandoff(2, "a", 1, "b", 2, null, true, UInt128.MaxValue),
            new StartTlsReply(3, null),
            new LoginVerdict(4, false, "Too many"),
            new ShutdownRequest(0, ShutdownReason.ServerStopping),
            new AuthenticatorReply(5, true),
            new StartTlsRequest(6),
            new LoginSucceeded(7, "user", 1000),
            new LoginFailed(8, "üser", (LoginFailure)1, ulong.MaxValue),
            new SessionEnded(9, SessionEnd.Logout, 1, ulong.MaxValue),
            new LogRecord(10, LogSeverity.Warning, "text"),
            new AuthenticatorRequest(11),
            new PasswordCheck(12, "user", [0, 1, 255]),
            new PasswordVerdict(13, true, LoginFailure.None, "user", 1000),
        }.Select(HandoffCodec.Encode),
    ];

    public override object? Exercise(byte[] input) => HandoffCodec.TryDecode(input, out HandoffMessage? message) ? message : null;

    public override string Check(byte[] input, object? result)
    {
        if (result is not HandoffMessage message)
        {
            return "none";
        }

        Require(HandoffCodec.Encode(message).AsSpan().SequenceEqual(input), () => $"{message.GetType().Name} has another form");
        return $"{message.GetType().Name} {input.Length / 64}";
    }
}
