using Imapd.Bench;
using Imapd.Tests.EndToEnd.Harness;

using SystemUser user = SystemUser.Create();
using var certificate = new Certificate();
using PamService permits = PamService.ThatPermits();
using PamService accounts = PamService.ForSystemAccounts();

string processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1] ?? "unknown processor";
Console.WriteLine($"{Environment.ProcessorCount} cores of {processor}, {DateTime.UtcNow:yyyy-MM-dd}; clients and server share them");
Console.WriteLine("""
    How: the clients are threads of this program, on the loopback device. A greeting is timed from connect(2) in clear to the line
    read, 200 times. Logins are TLS 1.3 handshake, LOGIN and LOGOUT by four clients at once; their CPU is that of all the server's processes
    by /proc/PID/stat, those that ended included, divided by the logins. Private memory is Private_Clean + Private_Dirty of
    smaps_rollup: what 50 sessions (500 connections) add to a fresh server, three seconds after the last command.
    """);

var ours = new Dictionary<string, double>();
using (var cold = new ImapdServer(certificate, permits, "--spare-workers", "0"))
{
    var (median, percentile95) = Measure.Greeting(cold);
    Report("spawn of a worker to greeting, median", median, "ms");
    Report("spawn of a worker to greeting, 95 of 100", percentile95, "ms");
}
using (var unhashed = new ImapdServer(certificate, permits))
{
    var (median, percentile95) = Measure.Greeting(unhashed);
    Report("greeting with spare workers, median", median, "ms");
    Report("greeting with spare workers, 95 of 100", percentile95, "ms");
    ReportLogins(unhashed, "pam_permit", 1000);
}
using (var hashed = new ImapdServer(certificate, accounts))
{
    ReportLogins(hashed, "pam_unix", 200);
}
using (var fresh = new ImapdServer(certificate, permits))
{
    var (allProcesses, worker, master) = Measure.IdleSession(fresh, user);
    Report("private memory of an idle session, all processes", allProcesses, "KB");
    Report("  its worker", worker, "KB");
    Report("  its share of the master", master, "KB");
}
using (var fresh = new ImapdServer(certificate, permits))
{
    Report("private memory of an idle TLS connection in the master", Measure.IdleConnectionInMaster(fresh), "KB");
}

if (DovecotServer.IsInstalled)
{
    Console.WriteLine("Dovecot 2.3, same machine, same measurements:");
    using (var unhashed = new DovecotServer(certificate, permits))
    {
        Compare("greeting with spare workers, median", Measure.Greeting(unhashed).Median, "ms");
        var (perSecond, cpu) = Measure.Logins(unhashed, user, 500);
        Compare("logins with pam_permit", perSecond, "per second");
        Compare("CPU of a login with pam_permit", cpu.All, "ms");
    }
    using (var hashed = new DovecotServer(certificate, accounts))
    {
        Compare("CPU of a login with pam_unix", Measure.Logins(hashed, user, 200).Cpu.All, "ms");
    }
    using (var fresh = new DovecotServer(certificate, permits))
    {
        Compare("private memory of an idle session, all processes", Measure.IdleSession(fresh, user).AllProcesses, "KB");
    }
}

void ReportLogins(ImapdServer server, string module, int count)
{
    var (perSecond, cpu) = Measure.Logins(server, user, count);
    Report($"logins with {module}", perSecond, "per second");
    Report($"CPU of a login with {module}", cpu.All, "ms");
    Report("  of it in the master", cpu.Root, "ms");
    Report("  of it in the worker", cpu.Others, "ms");
}

void Report(string what, double value, string unit)
{
    ours[what] = value;
    Console.WriteLine($"  {what,-56} {value,9:F1} {unit}");
}

void Compare(string what, double value, string unit) =>
    Console.WriteLine($"  {what,-56} {value,9:F1} {unit}, {value / ours[what]:F1} times ours");
