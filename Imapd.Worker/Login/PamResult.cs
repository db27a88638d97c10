using Imapd.Protocol.Handoff;

namespace Imapd.Worker.Login;

/// <summary>How PAM decided.</summary>
/// <param name="Identity">Who may log in; null for nobody.</param>
/// <param name="Failure">Why not.</param>
/// <param name="Detail">For the log only: what PAM and its modules said.</param>
internal sealed record PamResult(UserIdentity? Identity, LoginFailure Failure, string Detail)
{
    /// <summary>May log in.</summary>
    public static PamResult Success(UserIdentity identity) => new(identity, LoginFailure.None, "");

    /// <summary>May not.</summary>
    public static PamResult Failed(LoginFailure failure, string detail) => new(null, failure, detail);
}
