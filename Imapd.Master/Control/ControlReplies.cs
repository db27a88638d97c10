using System.Text;
using System.Text.Json;

namespace Imapd.Master.Control;

/// <summary>What the processes of a server answered.</summary>
/// <param name="Answers">A document each, without the errors.</param>
/// <param name="Errors">What went wrong, a line each.</param>
internal sealed record ControlReplies(IReadOnlyList<JsonElement> Answers, IReadOnlyList<string> Errors)
{
    /// <summary>For programs: all answers as one document.</summary>
    public string ToJson()
    {
        var text = new StringBuilder("{\"processes\":[");
        text.AppendJoin(',', Answers.Select(answer => answer.GetRawText()));
        return text.Append("]}\n").ToString();
    }

    /// <summary>
    /// Those that can be printed; the others become errors. An imapd of another version, which goes on for a while after it was
    /// replaced, may not say all that this one looks for.
    /// </summary>
    public ControlReplies Readable(Func<ControlReplies, string> print)
    {
        List<JsonElement> answers = [];
        List<string> errors = [.. Errors];
        foreach (JsonElement answer in Answers)
        {
            try
            {
                _ = print(new ControlReplies([answer], []));
                answers.Add(answer);
            }
            catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException)
            {
                string from = answer.TryGetProperty("pid", out JsonElement pid) ? $"pid {pid.GetRawText()}" : "a process";
                errors.Add($"{from}: the answer is of another version; --json prints it as it is");
            }
        }
        return new ControlReplies(answers, errors);
    }

    /// <summary>A number of all answers, added up.</summary>
    public long Sum(string name) => Answers.Sum(answer => answer.GetProperty(name).GetInt64());
}
