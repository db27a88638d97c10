using Imapd.Worker.Login;
using Imapd.Worker.Native;
using Mono.Unix.Native;

namespace Imapd.Worker.Modes;

/// <summary>
/// <c>--run-program</c>: root becomes an unprivileged account, for good and without any way back, and then a program of the
/// administrator's. Nothing of a user's or a client's is read.
/// </summary>
internal static class RunProgramMode
{
    /// <summary>The word on the command line.</summary>
    public const string Option = "--run-program";

    // As shells have it for a program that could not be run.
    private const int NotRun = 127;

    /// <summary>Runs it.</summary>
    /// <returns>Only when the program could not be run: 127.</returns>
    public static int Run(WorkerArguments arguments)
    {
        try
        {
            if (AccountDatabase.FindById(arguments.PreauthAccount) is { } account)
            {
                PrivilegeDrop.Become(new UserIdentity(
                    account.Name,
                    account.UserId,
                    account.GroupId,
                    [account.GroupId],
                    account.Home,
                    account.Shell,
                    arguments.ProgramEnvironment));
                ProcessControl.ForbidNewPrivileges();
                ProcessControl.DieWithParent();
                _ = Syscall.chdir("/");
                ChildProgram.Become(arguments.PreauthProgram!);
            }
        }
        catch (Exception error) when (error is DropFailedException or SystemCallException)
        {
            // Whoever waits for an answer hears from the status that there is none.
        }
        return NotRun;
    }
}
