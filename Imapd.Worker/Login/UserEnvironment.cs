using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using Imapd.Worker.Native;

namespace Imapd.Worker.Login;

/// <summary>The environment of a logged-in worker: made anew, so that nothing of root's and nothing of a stranger's is in it.</summary>
internal static class UserEnvironment
{
    private const string TimeZone = "TZ";

    /// <summary>Where the user's Kerberos tickets are: a home on a network file system may need them.</summary>
    public const string Tickets = "KRB5CCNAME";

    // Nothing else: what names libraries or programs is no business of a module's.
    private static readonly string[] FromPam = [Tickets];

    /// <summary>What of PAM's environment a worker is given.</summary>
    public static unsafe Dictionary<string, string> LetThrough(nint pamHandle)
    {
        var found = new Dictionary<string, string>();
        byte** list = Pam.pam_getenvlist(pamHandle);
        if (list is null)
        {
            return found;
        }
        for (byte** entry = list; *entry is not null; entry++)
        {
            string pair = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*entry));
            NativeMemory.Free(*entry);
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && FromPam.Contains(pair[..equals]))
            {
                found[pair[..equals]] = pair[(equals + 1)..];
            }
        }
        NativeMemory.Free(list);
        return found;
    }

    /// <summary>Makes it the environment of this process, for managed and native code.</summary>
    public static void Become(UserIdentity identity)
    {
        var environment = new Dictionary<string, string>(identity.Environment)
        {
            ["HOME"] = identity.Home,
            ["USER"] = identity.Name,
            ["LOGNAME"] = identity.Name,
            ["SHELL"] = identity.Shell.Length > 0 ? identity.Shell : "/bin/sh",
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["LANG"] = "C.UTF-8",
        };
        if (Environment.GetEnvironmentVariable(TimeZone) is { Length: > 0 } zone)
        {
            environment[TimeZone] = zone;
        }
        ProcessControl.ReplaceEnvironment(environment);

        // The runtime has its own copy, once it was written to or listed.
        foreach (DictionaryEntry old in Environment.GetEnvironmentVariables())
        {
            Environment.SetEnvironmentVariable((string)old.Key, null);
        }
        foreach ((string name, string value) in environment)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }
}
