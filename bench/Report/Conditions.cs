namespace Imapd.Bench.Report;

/// <summary>What a reader of the table has to know.</summary>
internal static class Conditions
{
    public static string Describe(Options options, string directory)
    {
        string processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1] ?? "an unknown processor";
        string fileSystem = new DriveInfo(directory).DriveFormat;
        return $"""
            {Environment.ProcessorCount} cores of {processor}, {fileSystem}, {DateTime.UtcNow:yyyy-MM-dd}. {(options.IsQuick ? "Quick mode: less mail. " : "")}Clients and servers share the cores; mail is in the page cache.
            The same commands in turns, {options.Rounds} rounds, median. TLS 1.3 on loopback; PAM is pam_permit, so that hashing passwords does not drown the rest.
            Dovecot 2.3: Debian's defaults (a login process for each connection, mail_fsync=optimized, its index and cache settings), Maildir;
            raised are mail_max_userip_connections, default_process_limit, default_client_limit and vsz_limit (with its 256 MB a million messages fail). imapd: --fork --tls, limits of connections raised.
            "First": the server's index and cache of that mailbox were deleted, its UIDs are kept. "Again": the same was done once before, in another session.
            CPU is that of all the server's processes. Memory is Private_Clean + Private_Dirty of the session's process after the commands; ratios are imapd / Dovecot.
            """;
    }
}
