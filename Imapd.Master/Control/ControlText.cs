using System.Globalization;
using System.Text;
using System.Text.Json;
using Imapd.Master.Logging;

namespace Imapd.Master.Control;

/// <summary>Answers of the control socket for people.</summary>
internal static class ControlText
{
    private static readonly string[] Columns = ["USER", "SESSION", "FROM", "SINCE", "STATE", "ACTIVITY", "TLS", "PID", "MEMORY"];

    /// <summary>A paragraph for each process.</summary>
    public static string Status(ControlReplies replies)
    {
        var text = new StringBuilder();
        foreach (JsonElement answer in replies.Answers)
        {
            JsonElement connections = answer.GetProperty("connections");
            JsonElement memory = answer.GetProperty("memoryOctets");
            Line(text, $"{Text(answer, "version")} pid {answer.GetProperty("pid").GetInt32()}, {Text(answer, "state")}, up {Duration(answer.GetProperty("uptimeSeconds").GetInt64())} since {Text(answer, "startedAt")}");
            Line(text, $"  listens      {string.Join(", ", answer.GetProperty("listeners").EnumerateArray().Select(Listener))}");
            foreach (JsonElement certificate in answer.GetProperty("certificates").EnumerateArray())
            {
                string names = string.Join(' ', certificate.GetProperty("names").EnumerateArray().Select(name => LogText.Value(name.GetString()!)));
                Line(text, $"  certificate  {LogText.Value(Text(certificate, "file"))} until {Text(certificate, "notAfter")} for {names}");
            }
            Line(text, $"  connections  {string.Join(", ", connections.EnumerateObject().Select(state => $"{state.Value.GetInt32()} {state.Name}"))}");
            Line(text, $"  memory       {Size(memory.GetProperty("master").GetInt64())} here, {Size(memory.GetProperty("workers").GetInt64())} in workers with a session");
            Line(text, $"  guesses      from {answer.GetProperty("addressesWithFailedLogins").GetInt32()} addresses are remembered");
            foreach (JsonProperty counter in answer.GetProperty("counters").EnumerateObject())
            {
                Line(text, $"  {counter.Name,-30}{counter.Value.GetInt64(),12}");
            }
        }
        return text.ToString();
    }

    /// <summary>A table, the oldest session first.</summary>
    public static string Who(ControlReplies replies)
    {
        List<string[]> rows = [Columns];
        rows.AddRange(replies.Answers.SelectMany(answer => answer.GetProperty("sessions").EnumerateArray()).Select(Row));
        int[] widths = [.. Columns.Select((_, column) => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            text.AppendLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
        return text.ToString();
    }

    /// <summary>How many sessions were ended.</summary>
    public static string Kick(ControlReplies replies) => replies.Sum("ended") switch
    {
        1 => "1 session ended\n",
        long ended => string.Create(CultureInfo.InvariantCulture, $"{ended} sessions ended\n"),
    };

    /// <summary>Who serves now.</summary>
    public static string Reload(ControlReplies replies)
    {
        var text = new StringBuilder();
        foreach (JsonElement answer in replies.Answers)
        {
            Line(text, $"pid {answer.GetProperty("servingPid").GetInt32()} serves; {answer.GetProperty("sessionsLeft").GetInt32()} sessions go on in pid {answer.GetProperty("pid").GetInt32()}");
        }
        return text.ToString();
    }

    /// <summary>A time in its largest unit.</summary>
    public static string Duration(long seconds) => seconds switch
    {
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60} min"),
        < 48 * 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86400} d"),
    };

    /// <summary>Octets in units of 1024.</summary>
    public static string Size(long octets) => octets < 10 * 1024 * 1024
        ? string.Create(CultureInfo.InvariantCulture, $"{octets / 1024} KB")
        : string.Create(CultureInfo.InvariantCulture, $"{octets / (1024 * 1024)} MB");

    private static string[] Row(JsonElement session) =>
    [
        Text(session, "user") is { Length: > 0 } user ? LogText.Value(user) : "-",
        Text(session, "session"),
        Address(session),
        Text(session, "since"),
        Text(session, "state"),
        session.TryGetProperty("activity", out JsonElement activity) ? $"{activity.GetString()} {Duration(session.GetProperty("activitySeconds").GetInt64())}" : "-",
        Text(session, "tls"),
        session.TryGetProperty("worker", out JsonElement worker) ? worker.GetRawText() : "-",
        session.TryGetProperty("memoryOctets", out JsonElement memory) ? Size(memory.GetInt64()) : "-",
    ];

    private static string Listener(JsonElement listener) => Address(listener) + (listener.GetProperty("tls").GetBoolean() ? " (TLS)" : " (cleartext)");

    private static string Address(JsonElement element)
    {
        string address = Text(element, "address");
        return $"{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}:{element.GetProperty("port").GetRawText()}";
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
