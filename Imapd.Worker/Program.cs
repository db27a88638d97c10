using Imapd.Worker.Modes;

namespace Imapd.Worker;

internal static class Program
{
    private const int UsageError = 2;

    private static int Main(string[] arguments)
    {
        WorkerArguments read;
        try
        {
            read = WorkerArguments.Parse(arguments);
        }
        catch (ArgumentException error)
        {
            Console.Error.WriteLine($"imapd-worker: {error.Message}\n{WorkerArguments.Usage}");
            return UsageError;
        }
        return read.Mode switch
        {
            WorkerMode.Connection => ConnectionMode.Run(read),
            WorkerMode.ServeAll => ServeAllMode.Run(read),
            WorkerMode.Authenticate => AuthenticateMode.Run(read),
            WorkerMode.Program => RunProgramMode.Run(read),
            WorkerMode.CheckMailbox => CheckMode.Run(read),
            WorkerMode.ImportMbox => ImportMode.Run(read),
            _ => PreauthMode.Run(read),
        };
    }
}
