namespace Imapd.Storage.Maildir;

/// <summary>
/// The store cannot do what was asked, and nothing was promised: the client gets <c>NO</c> and the session goes on.
/// </summary>
/// <param name="error">Which response code belongs to it.</param>
/// <param name="message">One sentence, safe to send: no path, no content.</param>
public sealed class StoreException(StoreError error, string message) : Exception(message)
{
    /// <summary>Which response code belongs to it.</summary>
    public StoreError Error { get; } = error;
}
