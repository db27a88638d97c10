namespace Imapd.Bench.Servers;

/// <summary>How a server is started.</summary>
/// <param name="HashesPasswords">PAM looks passwords up as on a real host (pam_unix); otherwise every password is right (pam_permit).</param>
/// <param name="HasSpareWorkers">imapd's processes for connections are started before they are needed.</param>
internal sealed record StartOptions(bool HashesPasswords = false, bool HasSpareWorkers = true);
