using Imapd.Storage.Maildir;

namespace Imapd.Worker.Session;

/// <summary>The response code for what a store cannot do (RFC 9051 §7.1, RFC 5530, RFC 4469, RFC 6154 §3).</summary>
internal static class StoreErrorCodes
{
    /// <summary>The code, without brackets.</summary>
    public static string Of(StoreError error) => error switch
    {
        StoreError.NonExistent => "NONEXISTENT",
        StoreError.AlreadyExists => "ALREADYEXISTS",
        StoreError.Cannot => "CANNOT",
        StoreError.UseTaken => "USEATTR",
        StoreError.NoPermission => "NOPERM",
        StoreError.OverQuota => "OVERQUOTA",
        StoreError.Limit => "LIMIT",
        StoreError.InUse => "INUSE",
        StoreError.HasChildren => "HASCHILDREN",
        StoreError.ExpungeIssued => "EXPUNGEISSUED",
        StoreError.ReadOnly => "READ-ONLY",
        StoreError.TooBig => "TOOBIG",
        StoreError.Corruption => "CORRUPTION",
        _ => "UNAVAILABLE",
    };
}
