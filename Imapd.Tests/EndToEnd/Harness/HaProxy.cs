using System.Diagnostics;
using System.Net;

namespace Imapd.Tests.EndToEnd.Harness;

/// <summary>Debian's HAProxy with one port and one server behind it.</summary>
internal sealed class HaProxy : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Process _process;

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="server">The line of its configuration that names the server.</param>
    /// <param name="bind">What stands behind the address it listens on.</param>
    /// <param name="more">More lines.</param>
    public HaProxy(string server, string bind = "", params string[] more)
    {
        Port = ImapdProcess.FreePort();
        string file = _directory.Write(
            "haproxy.cfg",
            $"""
            defaults
                mode tcp
                timeout connect 10s
                timeout client 60s
                timeout server 60s
            listen imap
                bind 127.0.0.1:{Port} {bind}
                {string.Join("\n    ", more)}
                {server}

            """);
        _process = Process.Start(new ProcessStartInfo("/usr/sbin/haproxy", ["-db", "-f", file]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        Wait.Until(() => _process.HasExited || Listens(), "haproxy listens");
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"haproxy ended: {Shell.Run("/usr/sbin/haproxy", ["-c", "-f", file])}");
        }
    }

    public int Port { get; }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _directory.Dispose();
    }

    private bool Listens() => System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties()
        .GetActiveTcpListeners().Contains(new IPEndPoint(IPAddress.Loopback, Port));
}
