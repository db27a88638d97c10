namespace Imapd.Storage.Maildir;

/// <summary>What is different in a picture of a mailbox since an earlier one of the same mailbox.</summary>
/// <param name="Changed">
/// Places, ascending, in the later picture, of messages of both whose flags were changed after the earlier one.
/// </param>
/// <param name="FirstNew">The place of the first message that was not there; the later picture's count when there is none.</param>
/// <param name="HasLosses">Whether messages are gone.</param>
public sealed record StateDifference(IReadOnlyList<int> Changed, int FirstNew, bool HasLosses);
