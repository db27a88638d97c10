namespace Imapd.Protocol.Mime;

/// <summary>
/// What a message may make us remember. A message over a limit is not refused: what lies beyond is left undivided, and
/// the structure that is told to clients stays well-formed.
/// </summary>
public sealed record MimeLimits
{
    /// <summary>The limits every message is read with.</summary>
    public static MimeLimits Default { get; } = new();

    /// <summary>
    /// Levels of parts below the message. A multipart or message deeper than that is one undivided part. Writing a
    /// structure recurses once per level, and .NET cannot survive a stack overflow.
    /// </summary>
    public int MaxDepth { get; init; } = 100;

    /// <summary>Parts and inner messages in all. The last one that fits holds the rest of the message.</summary>
    public int MaxParts { get; init; } = 10_000;

    /// <summary>Octets of header fields kept in memory, over all parts. Fields beyond are passed over, whole ones only.</summary>
    public int MaxHeaderOctets { get; init; } = 10 * 1024 * 1024;

    /// <summary>Addresses told of in one envelope; those beyond are passed over.</summary>
    public int MaxAddresses { get; init; } = 100_000;
}
