using Imapd.Protocol.Values;

namespace Imapd.Worker.Selected;

/// <summary>
/// What the last SEARCH with SAVE found, <c>$</c> in later commands (RFC 9051 §6.4.4.1). Kept as UIDs, so that messages
/// expunged since fall out of it by themselves.
/// </summary>
/// <param name="Uids">In ascending order, each once.</param>
internal sealed record SavedSearch(IReadOnlyList<Uid> Uids);
