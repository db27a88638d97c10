using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>What all end-to-end tests share, because accounts and keys take time to make.</summary>
[SetUpFixture]
internal sealed class EndToEndSetup
{
    public static bool IsRoot { get; } = Environment.UserName == "root" && Environment.IsPrivilegedProcess;

    public static SystemUser Alice { get; private set; } = null!;

    public static SystemUser Bob { get; private set; } = null!;

    public static PamService Pam { get; private set; } = null!;

    public static Certificate Certificate { get; private set; } = null!;

    [OneTimeSetUp]
    public static void Make()
    {
        Certificate = new Certificate();
        if (IsRoot)
        {
            SystemUser.RemoveLeftBehind();
            // The supplementary group is there so that a test can see it in the worker.
            Alice = SystemUser.Create("--groups", "users");
            Bob = SystemUser.Create();
            Pam = PamService.ForSystemAccounts();
        }
    }

    [OneTimeTearDown]
    public static void Remove()
    {
        Pam?.Dispose();
        Alice?.Dispose();
        Bob?.Dispose();
        Certificate.Dispose();
    }
}
