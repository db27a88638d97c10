namespace Imapd.Worker.Session;

/// <summary>What a session was woken by; several at once are possible.</summary>
[Flags]
internal enum WaitResult
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The client sent something, or is gone.</summary>
    Input = 1,

    /// <summary>The master sent something, or is gone.</summary>
    Control = 2,

    /// <summary>Something happened in the selected mailbox.</summary>
    Watch = 4,

    /// <summary>The time was over.</summary>
    TimedOut = 8,
}
