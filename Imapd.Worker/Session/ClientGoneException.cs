namespace Imapd.Worker.Session;

/// <summary>The client has closed, its connection is broken, or it takes nothing any more. Nobody is left to answer.</summary>
/// <param name="isStuck">Whether it is still connected and takes nothing.</param>
/// <param name="message">For the log.</param>
internal sealed class ClientGoneException(bool isStuck, string message) : IOException(message)
{
    /// <summary>Whether it is still connected and takes nothing.</summary>
    public bool IsStuck { get; } = isStuck;
}
