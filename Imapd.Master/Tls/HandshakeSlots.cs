namespace Imapd.Master.Tls;

/// <summary>
/// So many handshakes at a time. One that has had its slot for long enough gives it up when another waits: whoever
/// never finishes his handshake keeps nobody out, however often he comes.
/// </summary>
/// <param name="count">How many.</param>
/// <param name="secured">How long a slot cannot be taken away.</param>
internal sealed class HandshakeSlots(int count, TimeSpan secured) : IDisposable
{
    // Who was pushed out needs a moment to go.
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _free = new(count);
    private readonly Lock _lock = new();
    private readonly LinkedList<Slot> _taken = new();

    /// <summary>Waits for a slot. Dispose it when the handshake is over.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<Slot> TakeAsync(CancellationToken cancel)
    {
        while (!await _free.WaitAsync(UntilOldestCanGo(), cancel).ConfigureAwait(false))
        {
            PushOutOldest();
        }
        return Enter();
    }

    /// <summary>A slot that is free now; null when there is none.</summary>
    public Slot? TryTake() => _free.Wait(0) ? Enter() : null;

    public void Dispose() => _free.Dispose();

    private static TimeSpan Age(Slot slot) => TimeSpan.FromMilliseconds(Environment.TickCount64 - slot.Since);

    private Slot Enter()
    {
        var slot = new Slot(this);
        lock (_lock)
        {
            _taken.AddLast(slot);
        }
        return slot;
    }

    private TimeSpan UntilOldestCanGo()
    {
        lock (_lock)
        {
            TimeSpan left = _taken.First is { } oldest ? secured - Age(oldest.Value) : LeastWait;
            return left > LeastWait ? left : LeastWait;
        }
    }

    private void PushOutOldest()
    {
        lock (_lock)
        {
            if (_taken.First is { } oldest && Age(oldest.Value) >= secured)
            {
                _taken.RemoveFirst();
                oldest.Value.PushOut();
            }
        }
    }

    private void Leave(Slot slot)
    {
        lock (_lock)
        {
            _taken.Remove(slot);
        }
        _free.Release();
    }

    /// <summary>The right to perform one handshake.</summary>
    internal sealed class Slot(HandshakeSlots slots) : IDisposable
    {
        private readonly CancellationTokenSource _pushedOut = new();

        /// <summary>Since when, as <see cref="Environment.TickCount64"/>.</summary>
        public long Since { get; } = Environment.TickCount64;

        /// <summary>Cancelled when another needs the slot more.</summary>
        public CancellationToken PushedOut => _pushedOut.Token;

        public void Dispose()
        {
            slots.Leave(this);
            _pushedOut.Dispose();
        }

        // Under the lock that Leave takes as well: it is not disposed yet. What follows happens on other threads.
        internal void PushOut() => _ = _pushedOut.CancelAsync();
    }
}
