using Imapd.Protocol.Handoff;
using Imapd.Worker.Commands;
using Imapd.Worker.Control;
using Imapd.Worker.Native;
using Imapd.Worker.Session;
using Mono.Unix.Native;

namespace Imapd.Worker.Modes;

/// <summary>What the modes have in common.</summary>
internal static class WorkerStart
{
    /// <summary>How long the master may take to answer a question; a handshake or a password check is the longest.</summary>
    public const int ReplyMilliseconds = 90_000;

    /// <summary>
    /// Settles the process before it hears anything of a stranger, and takes over the master's channel.
    /// </summary>
    /// <exception cref="SystemCallException">There is none, or the kernel refuses.</exception>
    public static ControlChannel Begin()
    {
        _ = Syscall.umask(FilePermissions.S_IRWXG | FilePermissions.S_IRWXO);
        ProcessControl.IgnoreInterrupt();
        ProcessControl.ExpectFileSizeLimit();
        ProcessControl.ForbidCoreDumps();
        ProcessControl.LeaveSessionKeyring();
        ProcessControl.OverwriteFreedMemory();
        ProcessControl.CloseOnExecute(ControlChannel.MasterDescriptor);
        return new ControlChannel(ControlChannel.MasterDescriptor);
    }

    /// <summary>The master's facts, with what the command line adds to them.</summary>
    public static ConnectionFacts FactsOf(ConnectionHandoff handoff, WorkerArguments arguments) => new(
        handoff.Id,
        handoff.PeerAddress,
        handoff.PeerPort,
        handoff.LocalAddress,
        handoff.LocalPort,
        handoff.Tls,
        CanStartTls: handoff.CanStartTls && handoff.Tls is null,
        InsecureAuth: arguments.InsecureAuth,
        GuessKey: handoff.GuessKey);

    /// <summary>How a session is set up.</summary>
    public static SessionOptions OptionsOf(WorkerArguments arguments) => new()
    {
        LoginMilliseconds = arguments.LoginTimeoutSeconds * 1000,
        AutologoutMilliseconds = arguments.AutologoutSeconds * 1000,
        StillHereMilliseconds = arguments.StillHereSeconds * 1000,
        Greeting = arguments.Greeting,
        IdFields = arguments.IdFields ?? IdFields.Default,
        LoginDisabled = arguments.LoginDisabled,
        IsAlone = arguments.Mode != WorkerMode.ServeAll,
        Layout = arguments.Layout,
        AutoMailboxes = arguments.AutoMailboxes,
        PrefixAlias = arguments.PrefixAlias is { } prefix ? new PrefixAlias(prefix) : null,
    };

    /// <summary>What a session's end means as the status of its process.</summary>
    public static int StatusOf(SessionEnd end) => end switch
    {
        SessionEnd.TooManyLoginFailures => WorkerExit.LoginFailed,
        SessionEnd.TooManyBadCommands => WorkerExit.ProtocolAbuse,
        SessionEnd.LoginTimeout => WorkerExit.LoginTimeout,
        SessionEnd.InternalError => 1,
        _ => WorkerExit.Normal,
    };
}
