namespace Imapd.Worker.Login;

/// <summary>Everything a process needs to know to become a user, looked up while it was root.</summary>
/// <param name="Name">The canonical name.</param>
/// <param name="UserId">The uid; never 0.</param>
/// <param name="GroupId">The primary group.</param>
/// <param name="Groups">All groups.</param>
/// <param name="Home">The home directory.</param>
/// <param name="Shell">The login shell; may be empty.</param>
/// <param name="Environment">What PAM adds to the environment, as far as it is let through.</param>
internal sealed record UserIdentity(
    string Name,
    uint UserId,
    uint GroupId,
    IReadOnlyList<uint> Groups,
    string Home,
    string Shell,
    IReadOnlyDictionary<string, string> Environment);
