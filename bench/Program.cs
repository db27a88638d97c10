using Imapd.Bench;
using Imapd.Tests.EndToEnd.Harness;

using SystemUser user = SystemUser.Create();
using var certificate = new Certificate();
using PamService permits = PamService.ThatPermits();
using PamService accounts = PamService.ForSystemAccounts();

string processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1] ?? "unknown processor";
Console.WriteLine($"{Environment.ProcessorCount} cores of {processor}, {DateTime.UtcNow:yyyy-MM-dd}; clients and server share them");

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
    ReportLogins(unhashed, "pam_permit", 500);
    var (allProcesses, worker) = Measure.IdleSession(unhashed, user);
    Report("private memory of an idle session, all processes", allProcesses, "KB");
    Report("private memory of an idle session, its worker alone", worker, "KB");
    Report("private memory of an idle TLS connection in the master", Measure.IdleConnectionInMaster(unhashed), "KB");
}
using (var hashed = new ImapdServer(certificate, accounts))
{
    ReportLogins(hashed, "pam_unix", 100);
}

if (DovecotServer.IsInstalled)
{
    Console.WriteLine("Dovecot 2.3, same machine, same measurements:");
    using (var unhashed = new DovecotServer(certificate, permits))
    {
        Compare("greeting with spare workers, median", Measure.Greeting(unhashed).Median, "ms");
        var (perSecond, cpu) = Measure.Logins(unhashed, user, 500);
        Compare("logins with pam_permit", perSecond, "per second");
        Compare("CPU of a login with pam_permit", cpu, "ms");
        Compare("private memory of an idle session, all processes", Measure.IdleSession(unhashed, user).AllProcesses, "KB");
    }
    using (var hashed = new DovecotServer(certificate, accounts))
    {
        Compare("CPU of a login with pam_unix", Measure.Logins(hashed, user, 100).CpuMilliseconds, "ms");
    }
}

void ReportLogins(ImapdServer server, string module, int count)
{
    var (perSecond, cpu) = Measure.Logins(server, user, count);
    Report($"logins with {module}", perSecond, "per second");
    Report($"CPU of a login with {module}", cpu, "ms");
}

void Report(string what, double value, string unit)
{
    ours[what] = value;
    Console.WriteLine($"  {what,-56} {value,9:F1} {unit}");
}

void Compare(string what, double value, string unit) =>
    Console.WriteLine($"  {what,-56} {value,9:F1} {unit}, {value / ours[what]:F1} times ours");
