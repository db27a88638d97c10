namespace Imapd.Worker.Fetch;

/// <summary>
/// An item of a FETCH has no answer for some message: BINARY of what has no decoded form, or what is too large for the client.
/// The rest is answered.
/// </summary>
/// <param name="code">The response code of the tagged NO.</param>
/// <param name="message">Why, safe to send.</param>
internal sealed class ItemRefusedException(string code, string message) : Exception(message)
{
    /// <summary>The response code of the tagged NO.</summary>
    public string Code { get; } = code;
}
