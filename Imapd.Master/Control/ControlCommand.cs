namespace Imapd.Master.Control;

/// <summary>A command to a running imapd, that comes in the place of options: its word is also the request's.</summary>
/// <param name="Name">The word.</param>
/// <param name="Operand">What stands behind it; null: nothing.</param>
/// <param name="Patience">How long an answer may take.</param>
/// <param name="AsksAll">It concerns every process; else only the one that serves new connections.</param>
/// <param name="Print">Its answers for people.</param>
internal sealed record ControlCommand(
    string Name, string? Operand, TimeSpan Patience, bool AsksAll, Func<ControlReplies, string> Print)
{
    public const string Status = "status";
    public const string Who = "who";
    public const string Kick = "kick";
    public const string Reload = "reload";
    public const string Stop = "stop";

    /// <summary>All there are, in the order of the documents.</summary>
    public static IReadOnlyList<ControlCommand> All { get; } =
    [
        new(Status, null, TimeSpan.FromSeconds(10), AsksAll: true, ControlText.Status),
        new(Who, null, TimeSpan.FromSeconds(10), AsksAll: true, ControlText.Who),
        new(Kick, "USER|SESSION", TimeSpan.FromSeconds(10), AsksAll: true, ControlText.Kick),
        new(Reload, null, TimeSpan.FromSeconds(60), AsksAll: false, ControlText.Reload),
        new(Stop, null, TimeSpan.FromSeconds(60), AsksAll: true, _ => "stopped\n"),
    ];

    /// <summary>As in a usage line.</summary>
    public string Synopsis => Operand is null ? Name : $"{Name} {Operand}";

    /// <summary>The command of this name; null: there is none.</summary>
    public static ControlCommand? Find(string name) => All.FirstOrDefault(command => command.Name == name);
}
