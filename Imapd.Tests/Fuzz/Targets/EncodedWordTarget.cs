using Imapd.Protocol.Mime;
using Imapd.Tests.Mime;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>Header values with encoded words, parameters and transfer encodings: text comes of everything, and not more than was there.</summary>
internal sealed class EncodedWordTarget : FuzzTarget
{
    private static readonly string[] Encodings = ["base64", "quoted-printable"];

    public override string Name => "encoded-words";

    public override int MaxInputOctets => 16 * 1024;

    public override IReadOnlyList<string> Dictionary { get; } =
    [
        "=?", "?=", "?q?", "?b?", "?Q?", "?B?", "utf-8", "iso-8859-1", "us-ascii", "iso-2022-jp", "hz-gb-2312", "gb18030", "big5", "koi8-r", "utf-7", "utf-16",
        "windows-1252", "euc-kr", "x-mac-roman", "utf-8*en", "=41", "=", "_", "QUJD", "====", "\r\n ", " ", "\x1b$B", "\x1b(B", "~{", "; name*0*=utf-8''%41; name*1=b",
    ];

    public override IEnumerable<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            "plain", "=?utf-8?q?gr=C3=BC=C3=9Fe?=", "=?utf-8?b?R3LDvMOf?= =?utf-8?b?ZQ==?=", "=?iso-8859-1?Q?a_b?= c =?x-none?q?d?=", "=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=",
            "=?hz-gb-2312?q?~{VPND~}?=", "=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "=?=?=?=?", "\u00e4 =?utf-8*en?q?x?=", "text/plain; charset=utf-8; name*0*=utf-8''a%20; name*1=b; name*2*=%41",
        }.Select(Latin1),
    ];

    // Text has two octets for each, and words are decoded one by one.
    public override long MaxAllocatedOctets(int inputOctets) => (2 << 20) + (2000L * inputOctets);

    public override object? Exercise(byte[] input)
    {
        ContentType? type = ContentType.Parse(input);
        byte[][] decoded = [.. Encodings.Select(encoding => TransferDecoderTests.Decode(TransferDecoder.For(encoding)!, input, 100, 100))];
        return (HeaderText.Decode(input), type, decoded);
    }

    public override string Check(byte[] input, object? result)
    {
        (string text, ContentType? type, byte[][] decoded) = ((string, ContentType?, byte[][]))result!;

        // U+FFFD for a NUL, and a character of two units for two octets at least.
        Require(text.Length <= 3 * input.Length, () => $"{text.Length} characters of {input.Length} octets");
        Require(decoded.All(octets => octets.Length <= input.Length), () => "more octets than there were");
        int parameters = type?.Parameters.Sum(static parameter => parameter.Name.Length + parameter.Value.Length) ?? 0;
        Require(parameters <= (3 * input.Length) + 100, () => $"{parameters} octets of parameters");
        return $"{text.Length * 8 / (input.Length + 1)} {text.Contains('\uFFFD', StringComparison.Ordinal)} {text.Contains("=?", StringComparison.Ordinal)} {type?.Parameters.Count} {string.Join(',', decoded.Select(octets => octets.Length * 4 / (input.Length + 1)))} {Scripts(text)}";
    }

    private static string Scripts(string text) =>
        string.Join(',', text.EnumerateRunes().Take(100).Select(static rune => rune.Value >> 9).Distinct().Take(5));
}
