namespace Imapd.Protocol.Wire;

/// <summary>What a <see cref="CommandAssembler"/> has after the octets it took (RFC 9051 §2.2.1).</summary>
public enum AssemblerResult
{
    /// <summary>All octets are taken, and the command is not whole.</summary>
    NeedMore,

    /// <summary>A line ended in a literal's header; nothing more is taken until the caller has decided about it.</summary>
    LiteralAnnounced,

    /// <summary>A whole command is there.</summary>
    Complete,

    /// <summary>A command had a line that is too long; it has been read away, and the next command may follow.</summary>
    LineTooLong,

    /// <summary>
    /// Behind what is being read away another literal is announced, and together they are more than
    /// <see cref="CommandAssembler.MostSkippedOctets"/>: there is no end to wait for, and the connection is to end.
    /// </summary>
    TooLongToSkip,

    /// <summary>A command whose literal was skipped has been read away, and the next command may follow.</summary>
    Refused,
}
