using Imapd.Bench.Servers;

namespace Imapd.Bench.Lines;

/// <summary>Waiting until a server does nothing any more.</summary>
internal static class Settling
{
    private const int PauseMilliseconds = 3000;

    /// <summary>Until processes of ended sessions are gone, new spare ones are there, and idling ones have tidied up.</summary>
    public static void Wait(IServer server)
    {
        int[] before;
        int[] after = ProcessIds(server);
        do
        {
            before = after;
            Thread.Sleep(PauseMilliseconds);
            after = ProcessIds(server);
        }
        while (!before.SequenceEqual(after));
    }

    private static int[] ProcessIds(IServer server) => [.. ProcessTree.Processes(server.ProcessId).Select(process => process.Id).Order()];
}
