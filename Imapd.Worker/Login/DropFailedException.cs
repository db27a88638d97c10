namespace Imapd.Worker.Login;

/// <summary>
/// The process could not become the user, or could not prove that it has. It must end at once: what it is now is unknown.
/// </summary>
internal sealed class DropFailedException(string message) : Exception(message);
