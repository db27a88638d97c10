using Imapd.Tests.EndToEnd.Harness;

namespace Imapd.Bench.Servers;

/// <summary>out/imapd as in production, with limits that measuring does not run into.</summary>
internal sealed class ImapdServer(Certificate certificate, PamService pam, StartOptions options) : IServer
{
    private readonly ImapdProcess _process = ImapdProcess.StartTls(
        certificate,
        [
            "--fork", "--pam-service", pam.Name, "--max-connections", "5000", "--max-per-address", "5000", "--max-per-user", "5000",
            .. options.HasSpareWorkers ? (string[])[] : ["--spare-workers", "0"]]);

    public string Name => "imapd";

    public int ProcessId => _process.Id;

    public int TlsPort => _process.TlsPort;

    public int ClearPort => _process.ClearPort;

    public string LogTail => string.Join('\n', _process.LogLines.TakeLast(4).Select(line => line[..Math.Min(line.Length, 400)]));

    public char Delimiter => '/';

    public void Dispose()
    {
        _process.Stop();
        _process.Dispose();
    }
}
