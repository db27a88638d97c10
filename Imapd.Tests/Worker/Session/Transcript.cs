namespace Imapd.Tests.Worker;

/// <summary>A conversation as a test writes it: lines of the client (<c>C: </c>) and of the server (<c>S: </c>).</summary>
internal static class Transcript
{
    private const char Anything = '…';

    /// <summary>The lines in order, those of the client as they are sent, without line ends.</summary>
    public static IEnumerable<(bool IsClient, string Text)> Parse(string transcript)
    {
        foreach (string line in transcript.Split('\n'))
        {
            string trimmed = line.TrimEnd('\r');
            if (trimmed.StartsWith("C:", StringComparison.Ordinal) || trimmed.StartsWith("S:", StringComparison.Ordinal))
            {
                yield return (trimmed[0] == 'C', trimmed.Length > 3 ? trimmed[3..] : "");
            }
            else if (trimmed.Length > 0)
            {
                throw new FormatException($"Neither C: nor S: {trimmed}");
            }
        }
    }

    /// <summary>Whether a line is what was expected; "…" in the pattern stands for any characters, also none.</summary>
    public static bool Matches(string pattern, string line)
    {
        string[] pieces = pattern.Split(Anything);
        if (pieces.Length == 1)
        {
            return pattern == line;
        }

        if (line.Length < pieces[0].Length + pieces[^1].Length
            || !line.StartsWith(pieces[0], StringComparison.Ordinal)
            || !line.EndsWith(pieces[^1], StringComparison.Ordinal))
        {
            return false;
        }

        int at = pieces[0].Length;
        int end = line.Length - pieces[^1].Length;
        foreach (string piece in pieces[1..^1])
        {
            int found = line.IndexOf(piece, at, end - at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at = found + piece.Length;
        }

        return true;
    }
}
