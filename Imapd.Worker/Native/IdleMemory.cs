using System.Runtime.InteropServices;

namespace Imapd.Worker.Native;

/// <summary>Gives memory back to the system while a session waits for its client.</summary>
/// <remarks>
/// There are as many workers as connections, and most of them idle. The collector alone comes only when much has been allocated:
/// what login and SELECT left behind would stay for as long as the client idles.
/// </remarks>
internal sealed partial class IdleMemory
{
    /// <summary>Less garbage than this is not worth a collection.</summary>
    private const long WorthwhileOctets = 64 * 1024;

    private long _allocatedBefore;

    /// <summary>Collects, and gives back what the collector and the C library hold in reserve; about a millisecond.</summary>
    /// <returns>Whether there was enough to be worth it since the last time.</returns>
    public bool Release()
    {
        if (GC.GetTotalAllocatedBytes() - _allocatedBefore < WorthwhileOctets)
        {
            return false;
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = malloc_trim(0);
        _allocatedBefore = GC.GetTotalAllocatedBytes();
        return true;
    }

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint keep);
}
