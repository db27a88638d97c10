namespace Imapd.Storage.Maildir.Index;

/// <summary>Where the messages of a picture of a mailbox are, by place.</summary>
/// <param name="Names">File names, octets.</param>
/// <param name="IsInNew">True for those in <c>new/</c>, false for those in <c>cur/</c>.</param>
internal sealed record FileNames(string[] Names, bool[] IsInNew);
