using System.Runtime.CompilerServices;
using Imapd.Worker.Native;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>Memory an idle worker gives back.</summary>
public sealed class IdleMemoryTests
{
    [Test]
    public void What_a_command_left_behind_is_given_back_when_the_client_idles()
    {
        var memory = new IdleMemory();
        WeakReference garbage = Allocate();
        Assert.That(memory.Release(), Is.True);
        Assert.That(garbage.IsAlive, Is.False);
    }

    [Test]
    public void An_idle_session_that_did_nothing_meanwhile_collects_nothing()
    {
        var memory = new IdleMemory();
        _ = Allocate();
        memory.Release();

        // Other tests run in this process: what they allocate in so short a time is not known, so some tries are allowed.
        bool isQuiet = Enumerable.Range(0, 100).Any(_ => !memory.Release());
        Assert.That(isQuiet, Is.True);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Allocate() => new(new byte[1 << 20]);
}
