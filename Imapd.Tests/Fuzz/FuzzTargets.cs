using Imapd.Tests.Fuzz.Targets;

namespace Imapd.Tests.Fuzz;

/// <summary>All targets there are.</summary>
internal static class FuzzTargets
{
    private static readonly Func<FuzzTarget>[] Makers =
    [
        () => new CommandTarget(isLoggedIn: false),
        () => new CommandTarget(isLoggedIn: true),
        () => new LiteralMachineTarget(),
        () => new MailboxNameTarget(),
        () => new MimeTarget(),
        () => new AddressTarget(),
        () => new EncodedWordTarget(),
        () => new DateTarget(),
        () => new UidListTarget(),
        () => new KeywordTarget(),
        () => new SubscriptionTarget(),
        () => new IndexTarget(hasRightChecksums: false),
        () => new IndexTarget(hasRightChecksums: true),
        () => new JournalFrameTarget(),
        () => new CacheTarget(hasRightChecksums: false),
        () => new CacheTarget(hasRightChecksums: true),
        () => new PartTreeTarget(),
        () => new HandoffTarget(),
        () => new ProxyHeaderTarget(),
        () => new MboxTarget(),
    ];

    private static readonly Dictionary<string, Func<FuzzTarget>> ByName = Makers.ToDictionary(static make =>
    {
        using FuzzTarget target = make();
        return target.Name;
    });

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>Makes one.</summary>
    public static FuzzTarget Make(string name) =>
        ByName.TryGetValue(name, out Func<FuzzTarget>? make) ? make() : throw new ArgumentException($"there is no target {name}");
}
