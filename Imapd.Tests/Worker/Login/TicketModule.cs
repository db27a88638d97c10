using Imapd.Tests.Architecture;
using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.Worker.Login;

/// <summary>A module of PAM that does with a file what pam_krb5 does with tickets, compiled for the test.</summary>
internal static class TicketModule
{
    /// <summary>A service with it. Every password is right.</summary>
    public static TestPamService Service(TemporaryDirectory directory)
    {
        if (!Shell.Has("gcc"))
        {
            Assert.Ignore("needs gcc (Debian package gcc)");
        }
        string module = directory.Combine("pam_tickets.so");
        string source = Repository.Combine("Imapd.Tests", "Worker", "Login", "pam_tickets.c");
        Shell.Do("gcc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", module, source, "-l:libpam.so.0");
        return new TestPamService(
            $"auth required {module} {directory.Path}",
            "account required pam_permit.so",
            $"session required {module} {directory.Path}");
    }

    /// <summary>Where a user's tickets are.</summary>
    public static string Tickets(TemporaryDirectory directory, string user) => directory.Combine("tickets_" + user);
}
