using System.Diagnostics;

namespace Imapd.Tests.EndToEnd.Harness;

/// <summary>What a program that has ended left behind.</summary>
internal sealed record ShellResult(int Status, string Output, string Errors)
{
    public override string ToString() => $"exit status {Status}\n{Output}\n{Errors}";
}

/// <summary>Runs other programs: account tools, mail clients.</summary>
internal static class Shell
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>True when <paramref name="program"/> is in the search path.</summary>
    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Any(directory => File.Exists(Path.Combine(directory, program)));

    /// <summary>Runs a program that must succeed and returns what it printed.</summary>
    public static string Do(string program, params string[] arguments)
    {
        ShellResult result = Run(program, arguments);
        return result.Status == 0 ? result.Output : throw new InvalidOperationException($"{program}: {result}");
    }

    public static ShellResult Run(
        string program, IEnumerable<string> arguments, string? input = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input ?? "");
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended without reading that; what it printed and its status say why.
        }
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end\n{output.Result}\n{errors.Result}");
        }
        return new ShellResult(process.ExitCode, output.Result, errors.Result);
    }
}
