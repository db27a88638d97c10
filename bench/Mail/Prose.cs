using System.Text;

namespace Imapd.Bench.Mail;

/// <summary>Long texts to cut bodies from: words, a page of HTML in quoted-printable, and base64, each in lines of mail.</summary>
internal static class Prose
{
    private const int LineOctets = 72;
    private const int Base64LineOctets = 76;
    private const int TextOctets = 1 << 20;
    private static readonly string[] _syllables =
        "ba be bo da de do fa fe fi ga ge go ka ke ko la le li lo ma me mi mo na ne no pa pe po ra re ri ro sa se so ta te ti to va ve vo".Split(' ');

    public static byte[] Plain { get; } = Lines(seed: 1, wrap: (word, _) => word);

    public static byte[] Html { get; } = Lines(seed: 2, wrap: (word, number) => (number % 9) switch
    {
        0 => $"<p class=3D\"x{number % 7}\">{word}",
        4 => $"<b>{word}</b>",
        7 => $"{word}=C3=A9</p>",
        _ => word,
    });

    public static byte[] Base64 { get; } = Encoded();

    /// <summary>A run of lines, about that many octets, from anywhere.</summary>
    public static ReadOnlySpan<byte> Cut(byte[] text, ref Dice dice, int octets)
    {
        int start = dice.Below(text.Length - octets - 2 * Base64LineOctets);
        start += text.AsSpan(start).IndexOf((byte)'\n') + 1;
        int end = start + octets;
        end += text.AsSpan(end).IndexOf((byte)'\n') + 1;
        return text.AsSpan(start, end - start);
    }

    public static string Word(ref Dice dice)
    {
        var word = new StringBuilder();
        for (int i = 2 + dice.Below(3); i > 0; i--)
        {
            word.Append(dice.Of(_syllables));
        }
        return word.ToString();
    }

    private static byte[] Lines(ulong seed, Func<string, int, string> wrap)
    {
        var dice = new Dice(seed);
        string[] words = new string[3000];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = Word(ref dice);
        }
        var text = new StringBuilder(TextOctets + LineOctets);
        int column = 0;
        for (int number = 0; text.Length < TextOctets; number++)
        {
            string word = wrap(dice.Of(words), number);
            if (column > 0 && column + word.Length >= LineOctets)
            {
                text.Append('\n');
                column = 0;
            }
            text.Append(column > 0 ? " " : "").Append(word);
            column += word.Length + 1;
        }
        return Encoding.ASCII.GetBytes(text.Append('\n').ToString());
    }

    private static byte[] Encoded()
    {
        var dice = new Dice(3);
        byte[] octets = new byte[TextOctets / 4 * 3];
        for (int i = 0; i < octets.Length; i++)
        {
            octets[i] = (byte)dice.Below(256);
        }
        string text = Convert.ToBase64String(octets, Base64FormattingOptions.InsertLineBreaks);
        return Encoding.ASCII.GetBytes(text.Replace("\r", "", StringComparison.Ordinal) + "\n");
    }
}
