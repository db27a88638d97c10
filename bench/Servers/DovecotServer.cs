using System.Diagnostics;
using System.Net.Sockets;
using Imapd.Tests.EndToEnd.Harness;

namespace Imapd.Bench.Servers;

/// <summary>
/// Dovecot 2.3, the peer to compare with, as Debian configures it where speed is concerned: a login process for every connection
/// ("high-security"), its own mail_fsync, index and cache settings. Limits of connections and of memory are raised.
/// </summary>
internal sealed class DovecotServer : IServer
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Process _process;

    public DovecotServer(Certificate certificate, PamService pam)
    {
        TlsPort = ImapdProcess.FreePort();
        ClearPort = ImapdProcess.FreePort();
        string configuration = _directory.Write("dovecot.conf", Configuration(certificate, pam));
        _process = Process.Start(new ProcessStartInfo("dovecot", ["-F", "-c", configuration]) { RedirectStandardError = true })!;
        Wait.Until(IsOpen, "dovecot listens");
    }

    public static bool IsInstalled => Shell.Has("dovecot") && Shell.Run("dovecot", ["--version"]).Output.StartsWith("2.3", StringComparison.Ordinal);

    public string Name => "Dovecot";

    public int ProcessId => _process.Id;

    public int TlsPort { get; }

    public int ClearPort { get; }

    public string LogTail => string.Join('\n', File.ReadLines(_directory.Combine("log")).TakeLast(4).Select(line => line[..Math.Min(line.Length, 400)]));

    public char Delimiter => '.';

    public void Dispose()
    {
        // Control-C at a terminal reaches it as well.
        if (!_process.HasExited)
        {
            Native.Signal(_process.Id, Native.SignalTerminate);
        }
        _process.WaitForExit();
        _process.Dispose();
        _directory.Dispose();
    }

    private bool IsOpen()
    {
        try
        {
            using var probe = new TcpClient("127.0.0.1", TlsPort);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string Configuration(Certificate certificate, PamService pam) =>
        $$"""
        base_dir = {{_directory.Combine("run")}}
        state_dir = {{_directory.Combine("state")}}
        log_path = {{_directory.Combine("log")}}
        protocols = imap
        listen = 127.0.0.1
        ssl = yes
        ssl_cert = <{{certificate.CertificateFile}}
        ssl_key = <{{certificate.KeyFile}}
        disable_plaintext_auth = no
        mail_location = maildir:~/Maildir
        mail_max_userip_connections = 0
        default_process_limit = 2000
        default_client_limit = 5000
        first_valid_uid = 1000
        passdb {
          driver = pam
          args = {{pam.Name}}
        }
        userdb {
          driver = passwd
        }
        service imap {
          vsz_limit = 4G
        }
        service imap-login {
          inet_listener imap {
            port = {{ClearPort}}
          }
          inet_listener imaps {
            port = {{TlsPort}}
            ssl = yes
          }
        }

        """;
}
