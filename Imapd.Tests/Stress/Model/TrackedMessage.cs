namespace Imapd.Tests.Stress.Model;

/// <summary>What is known of the message with one UID of one mailbox. Guarded by the mailbox's ledger.</summary>
internal sealed class TrackedMessage(uint uid)
{
    public uint Uid { get; } = uid;

    /// <summary>Its content; null until somebody has read it or was told by APPENDUID or COPYUID.</summary>
    public MessageToken? Token { get; set; }

    /// <summary>When its being there was acknowledged; never when it was only seen.</summary>
    public long AcknowledgedAt { get; set; } = long.MaxValue;

    /// <summary>Somebody may have marked it \Deleted, so any EXPUNGE may have removed it.</summary>
    public bool MayBeDeleted { get; set; }

    /// <summary>Somebody has begun to MOVE it or to remove its file.</summary>
    public bool MayBeMoved { get; set; }

    /// <summary>A CLOSE has removed it.</summary>
    public bool MustBeGone { get; set; }

    /// <summary>When its loss was told; never when it was not.</summary>
    public long GoneAt { get; set; } = long.MaxValue;

    /// <summary>A MOVE was told to have moved it; no other may be.</summary>
    public bool IsMoved { get; set; }

    public FlagHistory Flags { get; } = new(0, 0);

    public bool MayBeGone => MayBeDeleted || MayBeMoved;

    public override string ToString() =>
        $"UID {Uid} ({Token?.Id ?? "?"}{(Token is { IsPrecious: true } ? ", precious" : "")}"
        + $"{(MayBeDeleted ? ", deletable" : "")}{(MayBeMoved ? ", movable" : "")}) {Flags}";
}
