using Imapd.Protocol.Handoff;
using Mono.Unix.Native;

namespace Imapd.Worker.Login;

/// <summary>The way to a user's mail, gone by a process that is the user already: root has not even looked whether it is there.</summary>
internal static class UserMail
{
    /// <summary>
    /// Goes to the home directory, finds where the mail is, makes the directory when it is missing, and gives up all files but
    /// those of the home and the mail. Where the directory cannot be made, the store says so when it is opened.
    /// </summary>
    /// <param name="location">Where mail is.</param>
    /// <param name="identity">The user, whom this process is.</param>
    /// <param name="warn">Told what this kernel does not have, and of mail that may only be read.</param>
    /// <param name="root">The mail's absolute path.</param>
    /// <returns>Why there is none, or null.</returns>
    /// <exception cref="DropFailedException">The kernel refuses what it has: the process must end now.</exception>
    public static NoUserMail? Enter(MailLocation location, UserIdentity identity, Action<string> warn, out string root)
    {
        root = "";
        if (!identity.Home.StartsWith('/') || Syscall.chdir(identity.Home) == -1)
        {
            if (location.NeedsHome)
            {
                return new($"the home directory {identity.Home} cannot be entered", "The home directory cannot be entered");
            }
            _ = Syscall.chdir("/");
        }
        if (location.Expand(identity.Name, identity.UserId, identity.Home) is not { } path)
        {
            return new($"the mail location {location} has no place for {identity.Name}", "There is no place for this user's mail");
        }

        // Only what is there can be allowed in the sandbox.
        _ = Syscall.mkdir(path, FilePermissions.S_IRWXU);
        if (Syscall.access(path, AccessModes.R_OK | AccessModes.X_OK) == 0 && Syscall.access(path, AccessModes.W_OK) == -1)
        {
            warn($"{path}, where the mail of {identity.Name} is, may not be written by him");
        }
        Sandbox.Enter([identity.Home, path], warn);
        root = path;
        return null;
    }
}

/// <summary>Why a user has no mail here.</summary>
/// <param name="Detail">For the log.</param>
/// <param name="Text">For the client.</param>
internal sealed record NoUserMail(string Detail, string Text);
