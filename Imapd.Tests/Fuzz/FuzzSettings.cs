using System.Globalization;
using Imapd.Tests.Fuzz.Sessions;

namespace Imapd.Tests.Fuzz;

/// <summary>
/// What <c>make fuzz</c> asks for: IMAPD_FUZZ_SECONDS is the time for all together, IMAPD_FUZZ_SEED repeats the inputs,
/// IMAPD_FUZZ_TARGET chooses one target or state, and IMAPD_FUZZ_INPUT is a file that is tried instead.
/// </summary>
internal static class FuzzSettings
{
    private const int DefaultSeconds = 60;

    public static int Seed => Number("IMAPD_FUZZ_SEED", 1);

    public static string Target => Text("IMAPD_FUZZ_TARGET");

    public static string Input => Text("IMAPD_FUZZ_INPUT");

    /// <summary>The time for each of those that are chosen.</summary>
    public static TimeSpan TimeForEach => TimeSpan.FromSeconds(
        Number("IMAPD_FUZZ_SECONDS", DefaultSeconds) / (Target.Length > 0 ? 1.0 : FuzzTargets.Names.Count() + FuzzedState.All.Count));

    private static string Text(string variable) => Environment.GetEnvironmentVariable(variable) ?? "";

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Text(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
