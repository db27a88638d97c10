namespace Imapd.Storage.Maildir.Check;

/// <summary>What was found in one mailbox.</summary>
/// <param name="Path">Its directory, relative to what was checked and fit to be printed; a full stop for that itself.</param>
/// <param name="Messages">How many message files there are.</param>
/// <param name="WithoutUid">How many of them have no UID yet: new mail, which the next session gives one.</param>
/// <param name="GoneLines">How many lines the UID list has for messages that are gone; they mean nothing and go in time.</param>
/// <param name="Findings">What is not as it should be.</param>
public sealed record MailboxReport(string Path, int Messages, int WithoutUid, int GoneLines, IReadOnlyList<Finding> Findings);
