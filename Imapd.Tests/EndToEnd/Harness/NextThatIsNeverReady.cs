namespace Imapd.Tests.EndToEnd.Harness;

/// <summary>An installed imapd whose executable can be replaced by a program that is never ready to take over.</summary>
internal sealed class NextThatIsNeverReady : IDisposable
{
    private const string Program = "sleep";
    private readonly InstalledCopy _copy = new();

    /// <summary>For <see cref="ImapdProcess.StartTlsThrough"/>: becomes the installed imapd instead of the published one.</summary>
    public string[] Launcher => ["sh", "-c", $"shift; exec {_copy.Executable} \"$@\"", "sh"];

    /// <summary>Replaces the executable.</summary>
    public void Replace()
    {
        string executable = File.ResolveLinkTarget(_copy.Executable, returnFinalTarget: true)!.FullName;
        File.Delete(executable);
        File.WriteAllText(executable, $"#!/bin/sh\nexec {Program} 1000\n");
        File.SetUnixFileMode(executable, (UnixFileMode)0b111_101_101);
    }

    /// <summary>Waits until it was started, and returns its pid.</summary>
    public static int WaitFor(ImapdProcess old)
    {
        ProcessView? next = null;
        Wait.Until(() => (next = old.Workers.FirstOrDefault(child => child.Name == Program)) is not null, "the next is started");
        return next!.Id;
    }

    public void Dispose() => _copy.Dispose();
}
