namespace Imapd.Master.Configuration;

/// <summary>The file that says how PAM checks a password for a service.</summary>
internal static class PamServiceFile
{
    private static readonly string[] Directories = ["/etc/pam.d", "/usr/lib/pam.d"];

    /// <summary>
    /// Refuses a service that has no file: libpam would quietly use the service "other", which is somebody else's
    /// decision.
    /// </summary>
    /// <exception cref="UsageException">There is none; says where it belongs and what belongs in it.</exception>
    public static void Check(string service)
    {
        if (!Directories.Any(directory => File.Exists(Path.Combine(directory, service))))
        {
            throw new UsageException(
                $"there is no PAM service file {Directories[0]}/{service}; on Debian it holds the lines "
                + "'@include common-auth', '@include common-account' and '@include common-session-noninteractive' "
                + "(or name another service with --pam-service)");
        }
    }
}
