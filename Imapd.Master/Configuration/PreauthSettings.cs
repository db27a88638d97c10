using Mono.Unix.Native;

namespace Imapd.Master.Configuration;

/// <summary>The program that says who clients are, and the account it runs as.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Account">A uid; never 0.</param>
internal sealed record PreauthSettings(string Path, uint Account)
{
    private const string ProgramOption = "preauth-program";
    private const string AccountOption = "preauth-account";
    private const string DefaultAccount = "nobody";
    private const FilePermissions WritableByOthers = FilePermissions.S_IWGRP | FilePermissions.S_IWOTH;
    private const FilePermissions Executable = FilePermissions.S_IXUSR | FilePermissions.S_IXGRP | FilePermissions.S_IXOTH;

    /// <summary>What was written; null: there is no program.</summary>
    /// <exception cref="UsageException">It cannot be.</exception>
    public static PreauthSettings? Read(OptionValues options)
    {
        if (options.Find(ProgramOption) is not OptionValue program)
        {
            return options.Find(AccountOption) is null
                ? null
                : throw new UsageException($"{options.Called(AccountOption)} has no use without {ProgramOption}");
        }
        if (!options.IsOn("fork"))
        {
            throw new UsageException($"{options.Called(ProgramOption)} needs fork: it is asked before the process becomes the user");
        }
        CheckProgram(program);
        OptionValue account = options.Find(AccountOption) ?? new OptionValue(DefaultAccount, Place: null);
        return Accounts.FindUser(account.Text) switch
        {
            null => throw OptionValues.Refuse(AccountOption, account, "is not a user of this host"),
            0 => throw OptionValues.Refuse(AccountOption, account, "must not be root"),
            uint user => new PreauthSettings(program.Text, user),
        };
    }

    // Whoever may change it says who everybody is.
    private static void CheckProgram(OptionValue program)
    {
        if (!program.Text.StartsWith('/'))
        {
            throw OptionValues.Refuse(ProgramOption, program, "is not an absolute path");
        }
        if (Syscall.stat(program.Text, out Stat stat) != 0
            || (stat.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFREG
            || (stat.st_mode & Executable) == 0)
        {
            throw OptionValues.Refuse(ProgramOption, program, "is not a program that can be run");
        }
        if (stat.st_uid != 0 || (stat.st_mode & WritableByOthers) != 0)
        {
            throw OptionValues.Refuse(ProgramOption, program, "can be changed by others than root");
        }
    }
}
