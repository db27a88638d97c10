using Imapd.Worker.Native;
using Mono.Unix.Native;

namespace Imapd.Worker.Login;

/// <summary>Root becomes a user, for good, and proves it.</summary>
internal static class PrivilegeDrop
{
    /// <summary>
    /// Becomes the user, in every thread. On return the process is that user and cannot be anybody else again.
    /// </summary>
    /// <remarks>
    /// The order is forced: the bounding set while there is a capability to do it with, groups while still root, the uid
    /// last. Until the end of this method nothing of the user's has been touched.
    /// </remarks>
    /// <exception cref="DropFailedException">Something of it did not happen: the process must end now.</exception>
    public static void Become(UserIdentity identity)
    {
        if (identity.UserId == 0)
        {
            throw new DropFailedException("root is nobody to become");
        }
        try
        {
            _ = Syscall.umask(FilePermissions.S_IRWXG | FilePermissions.S_IRWXO);
            ProcessControl.DropBoundingSet();
            Credentials.SetGroups([.. identity.Groups]);
            Credentials.SetGroupIds(identity.GroupId);
            Credentials.SetUserIds(identity.UserId);
            ProcessControl.DropCapabilities();
            ProcessControl.ForbidCoreDumps();
            Prove(identity);
            ProcessControl.SilenceStandardError();
        }
        catch (SystemCallException error)
        {
            throw new DropFailedException(error.Message);
        }
        UserEnvironment.Become(identity);
    }

    private static void Prove(UserIdentity identity)
    {
        (uint, uint, uint) user = (identity.UserId, identity.UserId, identity.UserId);
        (uint, uint, uint) group = (identity.GroupId, identity.GroupId, identity.GroupId);
        if (Credentials.UserIds() != user || Credentials.GroupIds() != group)
        {
            throw new DropFailedException($"the ids are {Credentials.UserIds()} and {Credentials.GroupIds()}");
        }
        if (!identity.Groups.ToHashSet().SetEquals(Credentials.Groups()))
        {
            throw new DropFailedException("the groups are not the user's");
        }
        if (Credentials.CanRegainRoot())
        {
            throw new DropFailedException("root can be had back");
        }
        ThreadProof.CheckIdentity(identity);
        ThreadProof.CheckInheritable();
    }
}
