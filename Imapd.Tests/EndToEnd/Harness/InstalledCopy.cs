using Imapd.Tests.Architecture;

namespace Imapd.Tests.EndToEnd.Harness;

/// <summary>What make install puts in place, under a directory that every user may look into.</summary>
internal sealed class InstalledCopy : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public InstalledCopy() =>
        Shell.Do(Repository.Combine("build", "install.sh"), _directory.Path, "/usr/local", "/etc");

    /// <summary>The link in sbin, as an administrator calls it.</summary>
    public string Executable => _directory.Combine("usr", "local", "sbin", "imapd");

    /// <summary>Where imapd-worker is.</summary>
    public string Executables => _directory.Combine("usr", "local", "libexec", "imapd");

    public string PamFile => _directory.Combine("etc", "pam.d", "imapd");

    public string Combine(params string[] parts) => _directory.Combine(parts);

    public void InstallAgain() =>
        Shell.Do(Repository.Combine("build", "install.sh"), _directory.Path, "/usr/local", "/etc");

    public void Dispose() => _directory.Dispose();
}
