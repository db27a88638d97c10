using System.Collections.Concurrent;
using Imapd.Master.Logging;
using NUnit.Framework;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Imapd.Tests.Master;

[TestFixture]
[CancelAfter(60_000)]
public sealed class QueuedSinkTests
{
    [Test]
    public void A_log_that_nobody_reads_makes_nobody_wait_and_says_afterwards_what_was_lost()
    {
        using var reader = new StuckReader();
        Logger log = new LoggerConfiguration()
            .WriteTo.Sink(new QueuedSink(new LoggerConfiguration().WriteTo.Sink(reader).CreateLogger())).CreateLogger();

        for (int line = 0; line < QueuedSink.MaxWaiting + 100; line++)
        {
            log.Information("line {Number}", line);
        }
        Assert.That(reader.Lines, Is.Empty);
        reader.Read();
        log.Dispose();

        Assert.That(reader.Lines.First(), Is.EqualTo("line 0"));
        Assert.That(reader.Lines, Has.One.Contains("log lines lost"));
        Assert.That(reader.Lines.Count, Is.InRange(QueuedSink.MaxWaiting + 1, QueuedSink.MaxWaiting + 2));
    }

    private sealed class StuckReader : ILogEventSink, IDisposable
    {
        private readonly ManualResetEventSlim _reads = new();

        public ConcurrentQueue<string> Lines { get; } = [];

        public void Read() => _reads.Set();

        public void Emit(LogEvent logEvent)
        {
            _reads.Wait();
            Lines.Enqueue(LineFormatter.Render(logEvent));
        }

        public void Dispose() => _reads.Dispose();
    }
}
