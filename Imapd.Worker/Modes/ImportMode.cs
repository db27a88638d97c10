using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Imapd.Storage.Maildir.Import;
using Imapd.Worker.Login;
using Imapd.Worker.Native;
using Mono.Unix.Native;

namespace Imapd.Worker.Modes;

/// <summary>
/// <c>--import-mbox</c>: brings the messages of mboxes into the mail of the user who started it, for the person at the terminal.
/// </summary>
internal static class ImportMode
{
    private const int Imported = 0;
    private const int NotImported = 1;

    /// <summary>Runs it.</summary>
    /// <returns>The exit status: 0 when all messages of all files are there, 1 when not.</returns>
    public static int Run(WorkerArguments arguments)
    {
        try
        {
            return Import(arguments);
        }
        catch (Exception error) when (error is SystemCallException or DropFailedException or StoreException)
        {
            return Refuse(error.Message);
        }
    }

    private static int Import(WorkerArguments arguments)
    {
        (uint real, uint effective, uint saved) = Credentials.UserIds();
        if (real == 0 || effective == 0 || saved == 0)
        {
            return Refuse("import-mbox is for users; root has no mail here");
        }
        if (AccountDatabase.FindById(real) is not { } account)
        {
            return Refuse($"uid {real} is nobody's");
        }
        _ = Syscall.umask(FilePermissions.S_IRWXG | FilePermissions.S_IRWXO);
        ProcessControl.ExpectFileSizeLimit();

        // All of them before the first: from then on only the mail can be opened.
        List<(string Path, FileStream? File, string Problem)> mboxes = [.. arguments.ImportFiles.Select(Open)];
        var identity = new UserIdentity(
            account.Name, real, account.GroupId, [], account.Home, account.Shell, new Dictionary<string, string>());
        if (UserMail.Enter(arguments.Location, identity, static _ => { }, out string root) is { } none)
        {
            return Refuse(none.Detail);
        }
        using MailStore store = MailStore.Open(new StoreOptions
        {
            Root = root,
            HostName = Environment.MachineName,
            Layout = arguments.Layout,
            Log = static line => Console.Error.WriteLine($"imapd: {line}"),
        });
        int status = Imported;
        foreach ((string path, FileStream? file, string problem) in mboxes)
        {
            using (file)
            {
                bool isDone = file is not null ? Import(store, path, file, arguments) : Fail(path, problem);
                status = isDone ? status : NotImported;
            }
        }
        return status;
    }

    private static (string Path, FileStream? File, string Problem) Open(string path)
    {
        try
        {
            return (path, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0), "");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (path, null, Directory.Exists(path) ? "it is a directory; an mbox is a file" : error.Message);
        }
    }

    private static bool Import(MailStore store, string path, FileStream file, WorkerArguments arguments)
    {
        if (!MailboxName.TryCreate(arguments.ImportMailbox ?? Path.GetFileName(path), out MailboxName? name, out string? problem))
        {
            return Fail(path, $"no mailbox can be called so ({problem}): name one with --mailbox");
        }
        try
        {
            (long, DateTime) before = StampOf(file);
            ImportResult result = store.Import(name!, file, arguments.Quoting);
            if (arguments.IsSubscribed)
            {
                store.Subscribe(name!);
            }
            Console.Out.WriteLine($"{path}: {Describe(result, name!)}");
            return StampOf(file) == before || Fail(path, "it was changed meanwhile; run this again when no other program writes to it");
        }
        catch (Exception error) when (error is StoreException or IOException)
        {
            return Fail(path, $"{error.Message}; what is missing comes in when this is run again");
        }
    }

    private static (long Octets, DateTime Changed) StampOf(FileStream file) => (file.Length, File.GetLastWriteTimeUtc(file.SafeFileHandle));

    private static string Describe(ImportResult result, MailboxName name)
    {
        string text = $"{result.Added} messages into {name.Value}";
        text += result.Present > 0 ? $", {result.Present} were there already" : "";
        text += result.UidValidity is { } uidValidity
            ? $", with the UIDs they had (UIDVALIDITY {uidValidity})"
            : result.NewUids > 0 ? ", with new UIDs" : "";
        text += result.UidValidity is not null && result.NewUids > 0 ? $", but for {result.NewUids} that got new ones" : "";
        return text + (result.LostKeywords.Count > 0 ? $", without the keywords {string.Join(' ', result.LostKeywords)}: a mailbox has 26" : "");
    }

    private static bool Fail(string path, string problem)
    {
        Console.Error.WriteLine($"imapd: {path}: {problem}");
        return false;
    }

    private static int Refuse(string problem)
    {
        Console.Error.WriteLine($"imapd: {problem}");
        return NotImported;
    }
}
