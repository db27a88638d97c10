using Imapd.Master.Tls;
using NUnit.Framework;

namespace Imapd.Tests.Master;

[TestFixture]
[CancelAfter(60_000)]
public sealed class HandshakeSlotsTests
{
    [Test]
    public async Task A_handshake_that_does_not_end_gives_way_to_the_next_and_only_the_oldest_does(CancellationToken cancel)
    {
        using var slots = new HandshakeSlots(2, TimeSpan.Zero);
        HandshakeSlots.Slot oldest = await slots.TakeAsync(cancel);
        using HandshakeSlots.Slot younger = await slots.TakeAsync(cancel);

        Task<HandshakeSlots.Slot> next = slots.TakeAsync(cancel);
        oldest.PushedOut.WaitHandle.WaitOne();
        oldest.Dispose();
        using HandshakeSlots.Slot taken = await next;

        Assert.That(younger.PushedOut.IsCancellationRequested, Is.False);
        Assert.That(taken.PushedOut.IsCancellationRequested, Is.False);
    }

    [Test]
    public async Task A_crowd_waits_its_turn_and_nobody_in_it_is_pushed_out(CancellationToken cancel)
    {
        using var slots = new HandshakeSlots(1, TimeSpan.FromHours(1));
        HandshakeSlots.Slot first = await slots.TakeAsync(cancel);
        Task<HandshakeSlots.Slot>[] crowd = [.. Enumerable.Range(0, 50).Select(_ => slots.TakeAsync(cancel))];

        Assert.That(slots.TryTake(), Is.Null);
        Assert.That(first.PushedOut.IsCancellationRequested, Is.False);
        first.Dispose();
        await foreach (Task<HandshakeSlots.Slot> waiting in Task.WhenEach(crowd))
        {
            using HandshakeSlots.Slot slot = await waiting;
            Assert.That(slot.PushedOut.IsCancellationRequested, Is.False);
        }
    }

    [Test]
    public async Task Waiting_for_a_slot_ends_when_it_is_cancelled(CancellationToken cancel)
    {
        using var slots = new HandshakeSlots(1, TimeSpan.FromHours(1));
        using HandshakeSlots.Slot only = await slots.TakeAsync(cancel);
        using var deadline = new CancellationTokenSource();

        Task<HandshakeSlots.Slot> waiting = slots.TakeAsync(deadline.Token);
        await deadline.CancelAsync();

        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
    }
}
