using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Imapd.Master.Configuration;
using Imapd.Master.Native;
using Imapd.Master.Spawning;
using Imapd.Protocol.Handoff;
using Serilog;

namespace Imapd.Master.Supervision;

/// <summary>
/// One-shot password checkers for the worker that serves all sessions and is not root. The master starts one and
/// introduces the two to each other; it never sees the password.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "It lives as long as the process.")]
internal sealed class Authenticators(WorkerLauncher launcher, Settings settings, ILogger log)
{
    private readonly SemaphoreSlim _slots = new(MasterLimits.MaxAuthenticators);
    private readonly ConcurrentDictionary<WorkerProcess, bool> _running = new();
    private readonly StartFailures _failures = new("password checker not started", log);
    private volatile bool _isEnding;

    /// <summary>Ends those that are still busy, and what comes after them: whoever asked hears that there is no answer.</summary>
    public void End()
    {
        _isEnding = true;
        foreach (WorkerProcess checker in _running.Keys)
        {
            checker.Kill();
        }
    }

    /// <summary>Starts a checker and passes its channel to the worker.</summary>
    /// <param name="facts">Whose password it will be asked for; waits in the channel when the checker starts.</param>
    /// <param name="link">The worker.</param>
    public async Task StartAsync(ConnectionHandoff facts, WorkerLink link)
    {
        TimeSpan patience = TimeSpan.FromSeconds(settings.LoginTimeoutSeconds);
        if (!await _slots.WaitAsync(patience).ConfigureAwait(false))
        {
            await link.SendAsync(new AuthenticatorReply(facts.Id, false)).ConfigureAwait(false);
            return;
        }
        try
        {
            using WorkerProcess checker = launcher.StartAuthenticator();
            _failures.Succeeded();
            _running[checker] = true;
            if (_isEnding)
            {
                checker.Kill();
            }
            bool isReady = await checker.Channel.SendAsync(facts).ConfigureAwait(false);
            await link.SendAsync(
                new AuthenticatorReply(facts.Id, isReady), isReady ? checker.Channel.Descriptor : null).ConfigureAwait(false);
            checker.Channel.Dispose();
            if (await Task.WhenAny(checker.Ended, Task.Delay(patience + MasterLimits.LoginBackstop)).ConfigureAwait(false)
                != checker.Ended)
            {
                checker.Kill();
            }
            ExitStatus exit = await checker.Ended.ConfigureAwait(false);
            _running.TryRemove(checker, out _);
            WorkerLog.Ended(log, checker.Pid, exit, [], wasKilled: _isEnding);
        }
        catch (SystemCallException error)
        {
            _failures.Failed(error.Message);
            await link.SendAsync(new AuthenticatorReply(facts.Id, false)).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }
}
