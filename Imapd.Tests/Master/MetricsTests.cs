using System.Text.RegularExpressions;
using Imapd.Master.Supervision;
using Imapd.Tests.EndToEnd.Harness;
using Mono.Unix.Native;
using NUnit.Framework;
using Serilog.Core;

namespace Imapd.Tests.Master;

/// <summary>Counters and the file that Prometheus reads.</summary>
[TestFixture]
public sealed class MetricsTests
{
    [Test]
    public void Every_counter_has_its_row_at_its_place()
    {
        Assert.That(Counters.Rows.Select(row => row.Counter), Is.EqualTo(Enum.GetValues<Counter>()));
        Assert.That(Counters.Rows.Select(row => row.Name), Is.Unique);
        Assert.That(Counters.Rows.Select(row => (row.Metric, row.Label)), Is.Unique);
    }

    [Test]
    public void Each_metric_has_its_kind_once_and_its_numbers_behind_it()
    {
        var counters = new Counters();
        counters.Add(Counter.LoginsSucceeded, 3);

        string[] lines = MetricsFile.Text(counters, connections: 5, loggedIn: 2).Split('\n');

        Assert.That(lines, Does.Contain("imapd_logins_total{result=\"ok\"} 3"));
        Assert.That(lines, Does.Contain("imapd_sessions{state=\"not-authenticated\"} 3"));
        Assert.That(lines[^1], Is.Empty);
        Assert.That(lines.Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)), Is.Unique);
        string metric = "";
        foreach (string line in lines[..^1])
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                metric = line.Split(' ')[2];
            }
            else if (line[0] != '#')
            {
                Assert.That(line, Does.Match($"^{metric}({{[a-z]+=\"[a-z-]+\"}})? [0-9]+$"));
            }
        }
    }

    [Test]
    public void The_file_is_there_whole_for_everybody_and_gone_at_the_end()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.Combine("imapd.prom");
        FilePermissions before = Syscall.umask((FilePermissions)0b000_111_111); // as a service may have it
        try
        {
            using var file = new MetricsFile(path, Logger.None);
            file.Tick(() => "imapd_x 1\n");
            Wait.Until(() => File.Exists(path), "the file is there");
            Assert.That(File.ReadAllText(path), Is.EqualTo("imapd_x 1\n"));
            Assert.That(File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead));
        }
        finally
        {
            _ = Syscall.umask(before);
        }
        Assert.That(Directory.EnumerateFileSystemEntries(directory.Path), Is.Empty);
    }

    [Test]
    public void A_file_that_was_left_to_another_process_stays()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.Write("imapd.prom", "another's\n");
        using (var file = new MetricsFile(path, Logger.None))
        {
            file.Leave();
            file.Tick(() => "mine\n");
        }
        Assert.That(File.ReadAllText(path), Is.EqualTo("another's\n"));
    }

    [Test]
    public void A_file_that_cannot_be_written_is_complained_of_once()
    {
        using var directory = new TemporaryDirectory();
        var lines = new LogLines();
        using Serilog.Core.Logger log = new Serilog.LoggerConfiguration().WriteTo.Sink(lines).CreateLogger();
        using var file = new MetricsFile(directory.Combine("missing", "imapd.prom"), log);

        file.Tick(() => "x 1\n");

        Wait.Until(() => lines.All.Any(line => Regex.IsMatch(line, "metrics not written")), "it is said");
    }
}
