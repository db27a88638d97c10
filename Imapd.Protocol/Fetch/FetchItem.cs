using Imapd.Protocol.Wire;

namespace Imapd.Protocol.Fetch;

/// <summary>One thing a FETCH asks for (RFC 9051 §6.4.5, <c>fetch-att</c>).</summary>
public abstract record FetchItem;

/// <summary><c>FLAGS</c> (RFC 9051 §6.4.5).</summary>
public sealed record FlagsItem : FetchItem;

/// <summary><c>INTERNALDATE</c> (RFC 9051 §6.4.5).</summary>
public sealed record InternalDateItem : FetchItem;

/// <summary><c>RFC822.SIZE</c> (RFC 9051 §6.4.5).</summary>
public sealed record SizeItem : FetchItem;

/// <summary><c>ENVELOPE</c> (RFC 9051 §6.4.5).</summary>
public sealed record EnvelopeItem : FetchItem;

/// <summary><c>BODYSTRUCTURE</c>, or <c>BODY</c> without a section (RFC 9051 §6.4.5).</summary>
/// <param name="Extended">Whether it is BODYSTRUCTURE, with extension data.</param>
public sealed record BodyStructureItem(bool Extended) : FetchItem;

/// <summary><c>UID</c> (RFC 9051 §6.4.5).</summary>
public sealed record UidItem : FetchItem;

/// <summary><c>BODY[…]</c>, <c>BODY.PEEK[…]</c>, or one of RFC 3501's names for such a section.</summary>
/// <param name="Section">Which octets.</param>
/// <param name="Partial">Which range of them; null for all.</param>
/// <param name="Peek">Whether <c>\Seen</c> stays as it is.</param>
/// <param name="Rfc822Name">
/// <c>RFC822</c>, <c>RFC822.HEADER</c> or <c>RFC822.TEXT</c> when it was asked for by that name and must be answered
/// by it (RFC 3501 §6.4.5); else null.
/// </param>
public sealed record BodyItem(Section Section, Partial? Partial, bool Peek, string? Rfc822Name) : FetchItem;

/// <summary><c>BINARY[…]</c> or <c>BINARY.PEEK[…]</c>: a part with its transfer encoding undone (RFC 3516 §4.2).</summary>
/// <param name="Part">The part's number; empty for the message itself.</param>
/// <param name="Partial">Which range of the decoded octets; null for all.</param>
/// <param name="Peek">Whether <c>\Seen</c> stays as it is.</param>
public sealed record BinaryItem(IReadOnlyList<int> Part, Partial? Partial, bool Peek) : FetchItem
{
    /// <summary>Writes the part's number in brackets, as the answer must repeat it.</summary>
    public void WriteSection(ResponseWriter writer) => new Section(Part, SectionText.Whole, []).Write(writer);
}

/// <summary><c>BINARY.SIZE[…]</c>: the octets a part has with its transfer encoding undone (RFC 3516 §4.3).</summary>
/// <param name="Part">The part's number; empty for the message itself.</param>
public sealed record BinarySizeItem(IReadOnlyList<int> Part) : FetchItem
{
    /// <summary>Writes the part's number in brackets, as the answer must repeat it.</summary>
    public void WriteSection(ResponseWriter writer) => new Section(Part, SectionText.Whole, []).Write(writer);
}

/// <summary>A range of octets, <c>&lt;first.octets&gt;</c> (RFC 9051 §6.4.5).</summary>
/// <param name="First">The first octet, from 0; the answer repeats it.</param>
/// <param name="Octets">How many at most, from 1.</param>
public sealed record Partial(long First, long Octets);
