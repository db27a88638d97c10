using System.Net.Security;
using System.Net.Sockets;
using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Stress.Client;

namespace Imapd.Tests.Stress.Servers;

/// <summary>A whole imapd with TLS and system accounts, which takes its host to have another name.</summary>
internal sealed class MasterServer(ImapdProcess imapd, SystemUser user, string certificateHash) : IStressServer
{
    public string Login => $"LOGIN {user.Name} {user.Password}";

    public IReadOnlyList<int> Workers =>
        [.. imapd.Workers.Where(worker => !worker.IsZombie && worker.UserId == user.UserId).Select(worker => worker.Id)];

    public IReadOnlyList<string> Complaints => [];

    /// <summary>Starts one.</summary>
    public static MasterServer Start(string hostName, SystemUser user, Certificate certificate, PamService pam) => new(
        ImapdProcess.StartTlsThrough(
            ["unshare", "--uts", "sh", "-c", "echo \"$0\" > /proc/sys/kernel/hostname && exec \"$@\"", hostName],
            certificate,
            "--fork",
            "--pam-service",
            pam.Name),
        user,
        certificate.Hash);

    public StressConnection Connect()
    {
        var socket = new TcpClient("127.0.0.1", imapd.TlsPort) { NoDelay = true };
        var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) => shown?.GetCertHashString() == certificateHash);
        tls.AuthenticateAsClient("localhost");
        return new StressConnection(tls, tls, () =>
        {
            tls.Dispose();
            socket.Dispose();
        });
    }

    public void Dispose()
    {
        imapd.Stop();
        imapd.Dispose();
    }
}
