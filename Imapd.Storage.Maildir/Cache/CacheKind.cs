namespace Imapd.Storage.Maildir.Cache;

/// <summary>What a field of <c>imapd.cache</c> holds. Numbers are on the disk: they are never given another meaning.</summary>
/// <remarks>
/// Of ENVELOPE, BODYSTRUCTURE and BODY there are three forms. Without an octet above 127 it is the same for every client;
/// otherwise it depends on whether the client may be sent UTF-8 in quoted strings.
/// </remarks>
public enum CacheKind
{
    /// <summary>Internal date in seconds since 1970 (long.MinValue: not known), then octets on the wire (-1: not known).</summary>
    Facts = 1,

    /// <summary>The header in wire form, reduced to the fields that <see cref="CommonFields"/> names.</summary>
    Headers = 2,

    /// <summary>The tree of parts, as <c>PartTree</c> writes it.</summary>
    Parts = 3,

    /// <summary>Bare LFs of a large file by place, as <c>LineEndMap</c> has them.</summary>
    LineEnds = 4,

    /// <summary>ENVELOPE in ASCII.</summary>
    Envelope = 16,

    /// <summary>ENVELOPE for clients that take UTF-8.</summary>
    EnvelopeUtf8 = 17,

    /// <summary>ENVELOPE for clients that do not.</summary>
    EnvelopeLegacy = 18,

    /// <summary>BODYSTRUCTURE in ASCII.</summary>
    BodyStructure = 20,

    /// <summary>BODYSTRUCTURE for clients that take UTF-8.</summary>
    BodyStructureUtf8 = 21,

    /// <summary>BODYSTRUCTURE for clients that do not.</summary>
    BodyStructureLegacy = 22,

    /// <summary>BODY in ASCII.</summary>
    Body = 24,

    /// <summary>BODY for clients that take UTF-8.</summary>
    BodyUtf8 = 25,

    /// <summary>BODY for clients that do not.</summary>
    BodyLegacy = 26,
}
