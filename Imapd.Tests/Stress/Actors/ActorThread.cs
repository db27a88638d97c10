using Imapd.Tests.Stress.Client;

namespace Imapd.Tests.Stress.Actors;

/// <summary>Somebody who acts again and again on a thread of his own, and rests when all are to rest.</summary>
internal sealed class ActorThread
{
    private readonly Thread _thread;
    private readonly Action _act;
    private readonly StressPace _pace;

    public ActorThread(Recording trace, Action act, StressPace pace)
    {
        Recording = trace;
        _act = act;
        _pace = pace;
        _thread = new Thread(Run) { Name = trace.Name, IsBackground = true };
        _thread.Start();
    }

    public Recording Recording { get; }

    public long Acts { get; private set; }

    /// <summary>Waits until it has ended, at the longest so long.</summary>
    public bool Join(int milliseconds) => _thread.Join(milliseconds);

    private void Run()
    {
        try
        {
            while (_pace.Next())
            {
                _act();
                Acts++;
            }
        }
        catch (Exception error)
        {
            Recording.Add("failed", error.ToString());
            _pace.Fail(new StressFailure($"{Recording.Name}: {(error is StressFailure ? error.Message : error.ToString())}"));
        }
    }
}
