using Imapd.Protocol.Fetch;
using Imapd.Protocol.Values;

namespace Imapd.Protocol.Commands;

/// <summary>FETCH and UID FETCH (RFC 9051 §6.4.5).</summary>
/// <param name="ByUid">Whether the set holds UIDs; the answers then hold them too, asked for or not.</param>
/// <param name="Set">Which messages.</param>
/// <param name="Items">What of them, in the order asked for, at least one; ALL, FAST and FULL are spelled out.</param>
public sealed record FetchCommand(bool ByUid, SequenceSet Set, IReadOnlyList<FetchItem> Items) : Command;
