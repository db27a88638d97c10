using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Check;
using Imapd.Worker.Login;
using Imapd.Worker.Native;
using Mono.Unix.Native;

namespace Imapd.Worker.Modes;

/// <summary>
/// <c>--check-mailbox</c>: checks a mailbox or a tree of them for the person at the terminal, as the user who started it or, for
/// root, as the owner of the mail.
/// </summary>
internal static class CheckMode
{
    private const int Clean = 0;
    private const int HasFindings = 1;
    private const int NotChecked = 2;

    /// <summary>Runs it.</summary>
    /// <returns>The exit status: 0 when nothing is damaged any more, 1 when something is, 2 when it could not be checked.</returns>
    public static int Run(WorkerArguments arguments)
    {
        string path = Path.GetFullPath(arguments.CheckPath!);
        try
        {
            BecomeOwner(path);
            return Check(path, arguments);
        }
        catch (Exception error) when (error is SystemCallException or DropFailedException or StoreException)
        {
            // Standard output: with root's identity standard error was given up too.
            Console.Out.WriteLine($"imapd: {path}: {error.Message}");
            return NotChecked;
        }
    }

    private static int Check(string path, WorkerArguments arguments)
    {
        var options = new StoreOptions { Root = path, HostName = Environment.MachineName, Layout = arguments.Layout };
        int findings = 0;
        foreach (MailboxReport report in new MailboxChecker(options).Check(arguments.IsRepair))
        {
            foreach (Finding finding in report.Findings)
            {
                Console.Out.WriteLine(finding);
                findings += finding.State == RepairState.Done || finding.Severity == FindingSeverity.Note ? 0 : 1;
            }
            Console.Out.WriteLine(
                $"{report.Path}: {Count(report.Messages, "message")}, {report.WithoutUid} without a UID yet, "
                + $"{Count(report.GoneLines, "UID")} of messages that are gone, {Count(report.Findings.Count, "finding")}");
        }
        return findings == 0 ? Clean : HasFindings;
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    // Until this is done nothing was opened: root only asks whose the directory is.
    private static void BecomeOwner(string path)
    {
        (uint real, uint effective, uint saved) = Credentials.UserIds();
        if (real != 0 && effective != 0 && saved != 0)
        {
            return;
        }
        if (Syscall.lstat(path, out Stat stat) == -1)
        {
            throw SystemCallException.FromLastError("lstat", path);
        }
        if (stat.st_uid == 0)
        {
            throw new DropFailedException("it is root's own, and root has no mail here");
        }
        Account account = AccountDatabase.FindById(stat.st_uid)
            ?? throw new DropFailedException($"it belongs to uid {stat.st_uid}, which is nobody's");
        PrivilegeDrop.Become(new UserIdentity(
            account.Name,
            account.UserId,
            account.GroupId,
            AccountDatabase.GroupsOf(account.Name, account.GroupId),
            account.Home,
            account.Shell,
            new Dictionary<string, string>()));
    }
}
