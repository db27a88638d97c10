namespace Imapd.Tests.EndToEnd.Harness;

/// <summary>A PAM service of the tests' own in /etc/pam.d, removed afterwards.</summary>
internal sealed class PamService : IDisposable
{
    private PamService(string name, string content)
    {
        Name = name;
        File.WriteAllText(FileName, content);
    }

    public string Name { get; }

    private string FileName => Path.Combine("/etc/pam.d", Name);

    /// <summary>Passwords and accounts as the system has them.</summary>
    public static PamService ForSystemAccounts() => Create("pam_unix.so");

    /// <summary>Every password of every account is right, and none is hashed.</summary>
    public static PamService ThatPermits() => Create("pam_permit.so");

    /// <summary>A service whose password module does not exist.</summary>
    public static PamService ThatIsBroken() => Create("pam_that_is_not_there.so");

    /// <summary>Every password of every account is right, and who the client is (PAM_RHOST) is written to a file.</summary>
    public static PamService ThatTellsTheClientTo(string file)
    {
        PamService service = Create("pam_permit.so");
        File.AppendAllText(service.FileName, $"account required pam_exec.so quiet /bin/sh -c [echo $PAM_RHOST >{file}]\n");
        return service;
    }

    public void Dispose() => File.Delete(FileName);

    private static PamService Create(string module) => new(
        "imapd-test-" + Guid.NewGuid().ToString("N")[..8],
        $"auth required {module}\naccount required {module}\nsession required {module}\n");
}
