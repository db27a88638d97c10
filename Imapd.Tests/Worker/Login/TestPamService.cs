namespace Imapd.Tests.Worker.Login;

/// <summary>A PAM service with the lines a test gives it, removed afterwards.</summary>
internal sealed class TestPamService : IDisposable
{
    public TestPamService(params string[] lines) => File.WriteAllLines(FileName, lines);

    public string Name { get; } = "imapd-test-" + Guid.NewGuid().ToString("N")[..8];

    private string FileName => Path.Combine("/etc/pam.d", Name);

    /// <summary>Real accounts and passwords, without PAM's delay after a failure.</summary>
    public static TestPamService ForAccounts() => new(
        "auth required pam_unix.so nodelay nullok",
        "account required pam_unix.so",
        "session required pam_permit.so");

    /// <summary>Every password is right.</summary>
    public static TestPamService ThatPermits(params string[] more) =>
        new([.. more, "auth required pam_permit.so", "account required pam_permit.so", "session required pam_permit.so"]);

    public void Dispose() => File.Delete(FileName);
}
