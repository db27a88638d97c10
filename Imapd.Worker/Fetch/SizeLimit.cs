using Imapd.Protocol.Fetch;

namespace Imapd.Worker.Fetch;

/// <summary>
/// The sizes a client can be told: 63 bits in IMAP4rev2, 32 bits in IMAP4rev1, whose clients may come to harm by more
/// (RFC 9051 appendix D). What is larger is answered in pieces only.
/// </summary>
internal static class SizeLimit
{
    /// <summary>The most octets that a number or a literal may have.</summary>
    public static long Of(bool isRev2) => isRev2 ? long.MaxValue : uint.MaxValue;

    /// <summary>Throws when more octets would be sent, or told of, than the client can take.</summary>
    /// <param name="octets">How many there are.</param>
    /// <param name="partial">How many of them the client wants; null for all.</param>
    /// <param name="limit">How many it can take.</param>
    /// <exception cref="ItemRefusedException">They are too many.</exception>
    public static void Ensure(long octets, Partial? partial, long limit)
    {
        if (octets > limit && (partial is null || Math.Min(partial.Octets, octets - partial.First) > limit))
        {
            throw TooLarge();
        }
    }

    /// <summary>What the client is answered.</summary>
    public static ItemRefusedException TooLarge() =>
        new("LIMIT", "More than 4 GB cannot be told in IMAP4rev1: enable IMAP4rev2, or ask for pieces");
}
