namespace Imapd.Tests.Stress;

/// <summary>Where the mail of a stress is.</summary>
/// <param name="Root">The Maildir of INBOX.</param>
/// <param name="Own">Makes a file the user's.</param>
internal sealed record StressMail(string Root, Action<string> Own);
