namespace Imapd.Protocol.Handoff;

/// <summary>Worker to one-shot checker: is this the password? Asked once; whoever made the message wipes it.</summary>
/// <param name="Id">The session.</param>
/// <param name="User">The name as sent, at most <see cref="HandoffCodec.MaxUserOctets"/> octets of UTF-8.</param>
/// <param name="Password">At most <see cref="HandoffCodec.MaxPasswordOctets"/> octets.</param>
public sealed record PasswordCheck(ulong Id, string User, byte[] Password) : HandoffMessage(Id)
{
    /// <summary>Says nothing about user and password, so that no log or stack trace can show them.</summary>
    public override string ToString() => nameof(PasswordCheck);
}

/// <summary>One-shot checker to worker: the answer; the checker then ends.</summary>
/// <param name="Id">The session.</param>
/// <param name="Ok">The password is right and the account may be used.</param>
/// <param name="Failure">Why not; <see cref="LoginFailure.None"/> when it is.</param>
/// <param name="User">The canonical name when ok, else empty.</param>
/// <param name="UserId">His uid when ok, else meaningless.</param>
public sealed record PasswordVerdict(ulong Id, bool Ok, LoginFailure Failure, string User, uint UserId)
    : HandoffMessage(Id);
