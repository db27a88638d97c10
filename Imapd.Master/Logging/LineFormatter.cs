using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;

namespace Imapd.Master.Logging;

/// <summary>
/// One event, one line. Every value goes through <see cref="LogText"/>, so no caller can forget to; the format
/// <c>:q</c> quotes always, <c>:l</c> writes words of ours as they are.
/// </summary>
/// <param name="forJournal">Begin with the priority as systemd reads it, and leave the time to the journal.</param>
internal sealed class LineFormatter(bool forJournal) : ITextFormatter
{
    public void Format(LogEvent logEvent, TextWriter output)
    {
        if (forJournal)
        {
            output.Write(JournalPriority(logEvent.Level));
        }
        else
        {
            output.Write(logEvent.Timestamp.ToString("yyyy-MM-dd HH:mm:ss.fff ", CultureInfo.InvariantCulture));
            output.Write(LevelName(logEvent.Level));
        }
        output.Write(Render(logEvent));
        output.Write('\n');
    }

    /// <summary>The message without time and level.</summary>
    public static string Render(LogEvent logEvent)
    {
        var line = new StringWriter(CultureInfo.InvariantCulture);
        foreach (MessageTemplateToken token in logEvent.MessageTemplate.Tokens)
        {
            if (token is PropertyToken property && logEvent.Properties.TryGetValue(property.PropertyName, out var value))
            {
                line.Write(Render(value, property.Format));
            }
            else
            {
                line.Write(token.ToString());
            }
        }
        if (logEvent.Exception is not null)
        {
            line.Write(" exception=");
            line.Write(LogText.Quote(logEvent.Exception.ToString()));
        }
        return line.ToString();
    }

    private static string Render(LogEventPropertyValue value, string? format)
    {
        string text = (value as ScalarValue)?.Value switch
        {
            null => "-",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            object other => other.ToString() ?? "",
        };
        return format switch
        {
            "l" => text,
            "q" => LogText.Quote(text),
            _ => LogText.Value(text),
        };
    }

    private static string JournalPriority(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => "<2>",
        LogEventLevel.Error => "<3>",
        LogEventLevel.Warning => "<4>",
        LogEventLevel.Information => "<6>",
        _ => "<7>",
    };

    private static string LevelName(LogEventLevel level) => level switch
    {
        LogEventLevel.Fatal => "fatal   ",
        LogEventLevel.Error => "error   ",
        LogEventLevel.Warning => "warning ",
        LogEventLevel.Information => "info    ",
        _ => "debug   ",
    };
}
