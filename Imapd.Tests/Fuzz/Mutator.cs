using System.Globalization;
using System.Text;

namespace Imapd.Tests.Fuzz;

/// <summary>Makes inputs of others: octets flipped, cut out, doubled, spliced, numbers and words of the target put in.</summary>
/// <param name="random">Chooses.</param>
/// <param name="dictionary">What the target's inputs are made of.</param>
/// <param name="maxOctets">No input is longer.</param>
internal sealed class Mutator(Random random, IReadOnlyList<string> dictionary, int maxOctets)
{
    private static readonly byte[] OddOctets =
        [0, 1, 7, (byte)'\t', (byte)'\n', (byte)'\r', (byte)' ', (byte)'"', (byte)'(', (byte)')', (byte)'{', (byte)'}', (byte)'\\', (byte)'=', (byte)'?', (byte)'*', 0x7F, 0x80, 0xC3, 0xED, 0xF4, 0xFE, 0xFF];

    private static readonly string[] OddNumbers =
    [
        "0", "1", "-1", "00", "01", "9", "127", "255", "256", "998", "65535", "65536", "2147483647", "2147483648", "4294967294", "4294967295",
        "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615", "18446744073709551616", "99999999999999999999999",
    ];

    private static readonly int[] OddLengths = [8, 64, 70, 128, 255, 256, 998, 1024, 8192];

    private readonly byte[][] _words = [.. dictionary.Select(Encoding.Latin1.GetBytes)];

    /// <summary>A new input.</summary>
    /// <param name="input">What it is made of.</param>
    /// <param name="other">What pieces are taken from.</param>
    public byte[] Next(byte[] input, byte[] other)
    {
        var octets = new List<byte>(input);
        int steps = 1 + random.Next(random.Next(4) == 0 ? 12 : 4);
        for (int step = 0; step < steps; step++)
        {
            Change(octets, other);
        }

        if (octets.Count > maxOctets)
        {
            octets.RemoveRange(maxOctets, octets.Count - maxOctets);
        }

        return [.. octets];
    }

    private void Change(List<byte> octets, byte[] other)
    {
        int at = random.Next(octets.Count + 1);
        int length = Math.Min(random.Next(4) == 0 ? random.Next(octets.Count + 1) : random.Next(1, 9), octets.Count - at);
        switch (random.Next(_words.Length > 0 ? 13 : 10))
        {
            case 0 when at < octets.Count:
                octets[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < octets.Count:
                octets[at] = OddOctet();
                break;
            case 2:
                octets.Insert(at, OddOctet());
                break;
            case 3:
                octets.RemoveRange(at, length);
                break;
            case 4:
                octets.InsertRange(random.Next(octets.Count + 1), [.. octets.GetRange(at, length)]);
                break;
            case 5:
                Repeat(octets, at, length);
                break;
            case 6:
                int start = random.Next(other.Length + 1);
                octets.InsertRange(at, other[start..random.Next(start, other.Length + 1)]);
                break;
            case 7:
                octets.RemoveRange(at, octets.Count - at);
                octets.AddRange(other[random.Next(other.Length + 1)..]);
                break;
            case 8:
                ChangeNumber(octets, at);
                break;
            case 9 when length >= 2:
                octets.Reverse(at, length);
                break;
            case > 9:
                octets.InsertRange(at, _words[random.Next(_words.Length)]);
                break;
        }
    }

    private byte OddOctet() => random.Next(3) == 0 ? (byte)random.Next(256) : OddOctets[random.Next(OddOctets.Length)];

    // What is dear when there is much of it is found by much of it.
    private void Repeat(List<byte> octets, int at, int length)
    {
        if (length > 0)
        {
            int times = random.Next(3) == 0 ? OddLengths[random.Next(OddLengths.Length)] : random.Next(2, 6);
            byte[] piece = [.. octets.GetRange(at, length)];
            times = Math.Min(times, (maxOctets / length) + 1);
            octets.InsertRange(at, Enumerable.Repeat(piece, times).SelectMany(static part => part));
        }
    }

    private void ChangeNumber(List<byte> octets, int from)
    {
        int start = octets.FindIndex(from, static octet => octet is >= (byte)'0' and <= (byte)'9');
        if (start < 0)
        {
            return;
        }

        int end = octets.FindIndex(start, static octet => octet is < (byte)'0' or > (byte)'9');
        end = end < 0 ? octets.Count : end;
        string digits = Encoding.ASCII.GetString([.. octets.GetRange(start, end - start)]);
        string changed = random.Next(2) == 0 || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? OddNumbers[random.Next(OddNumbers.Length)]
            : (number + random.Next(-2, 3)).ToString(CultureInfo.InvariantCulture);
        octets.RemoveRange(start, end - start);
        octets.InsertRange(start, Encoding.ASCII.GetBytes(changed));
    }
}
