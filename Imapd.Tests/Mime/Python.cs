using System.ComponentModel;
using System.Diagnostics;
using NUnit.Framework;

namespace Imapd.Tests.Mime;

/// <summary>Python, as it is installed; a test that needs it is skipped where it is not.</summary>
internal static class Python
{
    /// <summary>Runs a script and returns what it prints.</summary>
    public static string Run(string script, IEnumerable<string> arguments)
    {
        Process? python = null;
        try
        {
            python = Process.Start(new ProcessStartInfo("python3", ["-c", script, .. arguments]) { RedirectStandardOutput = true });
        }
        catch (Win32Exception)
        {
            Assert.Ignore("needs python3");
        }

        using (python)
        {
            string output = python!.StandardOutput.ReadToEnd();
            python.WaitForExit();
            Assert.That(python.ExitCode, Is.Zero);
            return output;
        }
    }
}
