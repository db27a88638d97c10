using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>make install.</summary>
internal sealed class InstallTests : EndToEndTest
{
    [Test]
    public void What_is_installed_finds_its_worker()
    {
        RequireRoot();
        using var copy = new InstalledCopy();
        ShellResult result = Shell.Run("runuser", ["-u", Alice.Name, "--", copy.Executable, "--preauth"], "a LOGOUT\r\n");
        Assert.That(result.Output, Does.StartWith("* PREAUTH"), result.ToString);
        Assert.That(result.Status, Is.Zero);
    }

    [Test]
    public void A_PAM_file_that_is_there_is_kept()
    {
        using var copy = new InstalledCopy();
        Assert.That(File.ReadAllText(copy.PamFile), Does.Contain("common-auth"));
        File.WriteAllText(copy.PamFile, "mine\n");
        copy.InstallAgain();
        Assert.That(File.ReadAllText(copy.PamFile), Is.EqualTo("mine\n"));
    }
}
