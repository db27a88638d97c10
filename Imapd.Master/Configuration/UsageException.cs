namespace Imapd.Master.Configuration;

/// <summary>The command line, or what it names, cannot be used. The message is one line for the person who typed it.</summary>
internal sealed class UsageException(string message, int exitStatus = UsageException.Refused) : Exception(message)
{
    /// <summary>Exit status for what is known but cannot be.</summary>
    public const int Refused = 1;

    /// <summary>Exit status for an option that does not exist.</summary>
    public const int UnknownOption = 2;

    public int ExitStatus { get; } = exitStatus;
}
