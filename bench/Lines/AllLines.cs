namespace Imapd.Bench.Lines;

/// <summary>Every line, those that only read before those that change.</summary>
internal static class AllLines
{
    public static IReadOnlyList<Line> Of(Scale scale) =>
    [
        .. SelectLines.All(scale),
        .. FetchLines.All(scale),
        .. SearchLines.All(scale),
        .. ChangeLines.All(scale),
        new DeliveryLine(),
        new CrowdLine(scale),
        new IdleMemoryLine(scale),
        new IdleConnectionLine(),
        new GreetingLine(hasSpareWorkers: true),
        new GreetingLine(hasSpareWorkers: false),
        new LoginLine(hashesPasswords: false),
        new LoginLine(hashesPasswords: true),
    ];
}
