using NUnit.Framework;

namespace Imapd.Tests.Worker.Login;

/// <summary>Tests with real accounts and a real PAM.</summary>
internal abstract class RootTest
{
    [OneTimeSetUp]
    public void NeedsRoot()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("needs root");
        }
    }
}
