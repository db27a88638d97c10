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

    /// <summary>A number of all answers, added up.</summary>
    public long Sum(string name) => Answers.Sum(answer => answer.GetProperty(name).GetInt64());
}
