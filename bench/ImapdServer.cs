using Imapd.Tests.EndToEnd.Harness;

namespace Imapd.Bench;

/// <summary>out/imapd as in production, with limits that measuring does not run into.</summary>
internal sealed class ImapdServer(Certificate certificate, PamService pam, params string[] options) : IServer
{
    private readonly ImapdProcess _process = ImapdProcess.StartTls(
        certificate,
        ["--fork", "--pam-service", pam.Name, "--max-connections", "5000", "--max-per-address", "5000", "--max-per-user", "5000", .. options]);

    public string Name => "imapd";

    public int ProcessId => _process.Id;

    public int TlsPort => _process.TlsPort;

    public int ClearPort => _process.ClearPort;

    public void Dispose()
    {
        _process.Stop();
        _process.Dispose();
    }
}
