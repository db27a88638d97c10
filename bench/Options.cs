using System.Globalization;

namespace Imapd.Bench;

/// <summary>What <c>make bench BENCH="…"</c> asks for; each word stands on the command line with two dashes before it.</summary>
internal sealed class Options
{
    public const string Usage = """
        usage: bench [--quick] [--rounds=N] [--lines=WORD,WORD…] [--markdown] [--list]
          --quick      one round over a tenth of the mail and less: for development
          --rounds=N   how often each line is measured; the median counts
          --lines=…    only lines whose name contains one of the words
          --markdown   the table for the README on standard output, progress on standard error
          --list       names of all lines
        """;

    public bool IsQuick { get; private set; }

    public bool IsMarkdown { get; private set; }

    public bool ListsOnly { get; private set; }

    public int Rounds { get; private set; }

    private string[] Words { get; set; } = [];

    /// <exception cref="ArgumentException">An argument is none of those in <see cref="Usage"/>.</exception>
    public static Options Parse(string[] arguments)
    {
        var options = new Options();
        foreach (string argument in arguments)
        {
            string[] parts = argument.Split('=', 2);
            switch (parts[0])
            {
                case "--quick":
                    options.IsQuick = true;
                    break;
                case "--markdown":
                    options.IsMarkdown = true;
                    break;
                case "--list":
                    options.ListsOnly = true;
                    break;
                case "--rounds" when parts.Length == 2 && int.TryParse(parts[1], CultureInfo.InvariantCulture, out int rounds) && rounds > 0:
                    options.Rounds = rounds;
                    break;
                case "--lines" when parts.Length == 2:
                    options.Words = parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries);
                    break;
                default:
                    throw new ArgumentException($"{argument} is not understood\n{Usage}");
            }
        }
        if (options.Rounds == 0)
        {
            options.Rounds = options.IsQuick ? 1 : 5;
        }
        return options;
    }

    public bool Wants(string line) => Words.Length == 0 || Words.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase));
}
