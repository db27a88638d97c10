using Imapd.Master.Logging;
using NUnit.Framework;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Imapd.Tests.Master;

[TestFixture]
public sealed class LogTests
{
    [TestCase("alice", "alice")]
    [TestCase("a.b-c_d@example.org", "a.b-c_d@example.org")]
    [TestCase("", "\"\"")]
    [TestCase("a b", "\"a b\"")]
    [TestCase("a=b", "\"a=b\"")]
    [TestCase("a\r\nb", "\"a\\u{d}\\u{a}b\"")]
    [TestCase("\u001b[2J", "\"\\u{1b}[2J\"")]
    [TestCase("say \"hi\" \\", "\"say \\\"hi\\\" \\\\\"")]
    [TestCase("\u202eevil\u2028", "\"\\u{202e}evil\\u{2028}\"")]
    [TestCase("\u0085\u009b\0", "\"\\u{85}\\u{9b}\\u{0}\"")]
    [TestCase("änne", "\"änne\"")]
    public void Text_of_strangers_cannot_pretend_to_be_ours(string text, string written)
    {
        Assert.That(LogText.Value(text), Is.EqualTo(written));
    }

    [Test]
    public void Long_text_is_cut_and_half_a_character_is_shown_as_none()
    {
        Assert.That(LogText.Value(new string('x', 100_000)), Has.Length.LessThan(600));
        Assert.That(LogText.Quote("\ud800"), Is.EqualTo("\"\ufffd\""));
    }

    [Test]
    public void A_line_for_the_journal_begins_with_its_priority_and_stays_one_line()
    {
        string error = Line(true, log => log.Error("login failed user={User:q}", "a\n<0>fake"));
        string info = Line(true, log => log.Information("login user={User}", "alice"));

        Assert.That(error, Is.EqualTo("<3>login failed user=\"a\\u{a}<0>fake\"\n"));
        Assert.That(info, Is.EqualTo("<6>login user=alice\n"));
    }

    [Test]
    public void A_line_for_people_begins_with_time_and_level()
    {
        string line = Line(false, log => log.Warning("count={Count} nothing={Nothing}", 3, null));

        Assert.That(line, Does.Match(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} warning count=3 nothing=-\n$"));
    }

    [Test]
    public void An_exception_does_not_break_the_line()
    {
        string line = Line(true, log => log.Error(new InvalidOperationException("a\nb"), "failed"));

        Assert.That(line.TrimEnd('\n'), Does.StartWith("<3>failed exception=\"").And.Not.Contain("\n"));
    }

    private static string Line(bool forJournal, Action<ILogger> write)
    {
        var sink = new LineSink(new LineFormatter(forJournal));
        using Logger log = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(sink).CreateLogger();
        write(log);
        return sink.Text.ToString();
    }

    private sealed class LineSink(LineFormatter formatter) : ILogEventSink
    {
        public StringWriter Text { get; } = new();

        public void Emit(LogEvent logEvent) => formatter.Format(logEvent, Text);
    }
}
