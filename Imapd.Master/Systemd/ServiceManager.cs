using System.Globalization;
using System.Net.Sockets;

namespace Imapd.Master.Systemd;

/// <summary>What is told to the service manager that started us, in the protocol of sd_notify(3). Without one, nothing.</summary>
internal sealed class ServiceManager : IDisposable
{
    private const string SocketVariable = "NOTIFY_SOCKET";

    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _address;
    private string _status = "";
    private volatile bool _isSucceeded;

    private ServiceManager(string? address, TimeSpan? watchdog)
    {
        Watchdog = watchdog;
        if (address is not null)
        {
            _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            _address = new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address);
        }
    }

    /// <summary>How often <see cref="Alive"/> has to be called not to be restarted; null: nobody waits for it.</summary>
    public TimeSpan? Watchdog { get; }

    /// <summary>The environment that a process must have to speak to the same service manager.</summary>
    public static IReadOnlyList<string> Environment { get; } = [.. ((string[])[SocketVariable, "WATCHDOG_USEC", "JOURNAL_STREAM"])
        .Where(name => Variable(name) is not null)
        .Select(name => $"{name}={Variable(name)}")];

    public static ServiceManager FromEnvironment()
    {
        string? address = Variable(SocketVariable);
        bool isOurs = Variable("WATCHDOG_PID") is not string pid || pid == Text(System.Environment.ProcessId);
        bool isWatched = long.TryParse(Variable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out long microseconds);
        return new ServiceManager(
            address is ['@' or '/', _, ..] ? address : null,
            isOurs && isWatched && microseconds > 0 ? TimeSpan.FromMicroseconds(microseconds) : null);
    }

    /// <summary>Connections are served from now on.</summary>
    public void Ready() => Send("READY=1");

    /// <summary>Something is being read anew; <see cref="Ready"/> ends it.</summary>
    public void Reloading() => Send(string.Create(
        CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={System.Diagnostics.Stopwatch.GetTimestamp() / 1000}"));

    /// <summary>No more connections are served.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <summary>Another process is the service from now on. From this one nobody would believe anything more, so nothing more is told.</summary>
    public void MainProcess(int pid)
    {
        Send($"MAINPID={Text(pid)}\nREADY=1");
        _isSucceeded = true;
    }

    /// <summary>All is well.</summary>
    public void Alive() => Send("WATCHDOG=1");

    /// <summary>A line for people; told when it has changed.</summary>
    public void Status(string line)
    {
        if (line != _status)
        {
            _status = line;
            Send("STATUS=" + line);
        }
    }

    public void Dispose() => _socket?.Dispose();

    private static string? Variable(string name) => System.Environment.GetEnvironmentVariable(name);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void Send(string message)
    {
        if (_isSucceeded)
        {
            return;
        }
        try
        {
            _socket?.SendTo(System.Text.Encoding.UTF8.GetBytes(message), _address!);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // a service manager that does not listen changes nothing for our clients
        }
    }
}
