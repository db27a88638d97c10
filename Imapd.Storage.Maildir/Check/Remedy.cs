namespace Imapd.Storage.Maildir.Check;

/// <summary>How something is put right.</summary>
/// <param name="What">What is done, in words that follow "to".</param>
/// <param name="Do">Does it, while the mailbox's lock is held; doing it twice does no harm.</param>
/// <param name="NeedsLook">Whether the store has to look at the mailbox afterwards, to make anew what is missing.</param>
/// <param name="IsFirst">Whether the store cannot look at the mailbox before it is done.</param>
internal sealed record Remedy(string What, Action Do, bool NeedsLook = false, bool IsFirst = false);
