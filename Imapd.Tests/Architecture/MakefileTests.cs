using System.Diagnostics;
using NUnit.Framework;

namespace Imapd.Tests.Architecture;

/// <summary>What make takes for up to date.</summary>
internal sealed class MakefileTests
{
    // Publishes nothing, and somebody saves a source meanwhile.
    private const string Dotnet = """
        #!/bin/sh
        case $1 in
            --list-sdks) echo '10.0.100 [/]' ;;
            publish)
                mkdir -p out
                touch out/imapd out/imapd-worker out/libMonoPosixHelper.so
                [ -e saved ] || touch saved Imapd.Master/Saved.cs
                ;;
        esac
        """;

    [Test]
    public void A_source_that_is_saved_while_make_runs_is_published_by_the_next()
    {
        DirectoryInfo copy = Directory.CreateTempSubdirectory("imapd-make-");
        try
        {
            foreach (string file in (string[])["Makefile", "Directory.Build.props", "Directory.Packages.props", "build/environment", "build/publish.sh", "build/require-tools", "build/choose-framework"])
            {
                string to = Path.Combine(copy.FullName, file);
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(Repository.Combine(file), to);
            }

            File.WriteAllText(Path.Combine(copy.FullName, "build", "framework.props"), "<PublishFramework>net9.0</PublishFramework>");
            Directory.CreateDirectory(Path.Combine(copy.FullName, "Imapd.Master"));
            string dotnet = Path.Combine(Directory.CreateDirectory(Path.Combine(copy.FullName, "bin")).FullName, "dotnet");
            File.WriteAllText(dotnet, Dotnet);
            File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserExecute);

            Assert.That(Make(copy.FullName, "out/.published"), Is.Zero);
            Assert.That(Make(copy.FullName, "-q", "out/.published"), Is.EqualTo(1), "there is a source that is not in it");
            Assert.That(Make(copy.FullName, "out/.published"), Is.Zero);
            Assert.That(Make(copy.FullName, "-q", "out/.published"), Is.Zero);
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    private static int Make(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("make", arguments) { WorkingDirectory = directory, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{directory}/bin:{Environment.GetEnvironmentVariable("PATH")}";

        // Tests may themselves be run by make, and its variables are not for this one.
        start.Environment.Remove("MAKEFLAGS");
        start.Environment.Remove("MAKELEVEL");
        using Process make = Process.Start(start)!;
        TestContext.Out.Write(make.StandardOutput.ReadToEnd());
        make.WaitForExit();
        return make.ExitCode;
    }
}
