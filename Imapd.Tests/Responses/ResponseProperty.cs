using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Tests.Protocol;
using NUnit.Framework;

namespace Imapd.Tests.Responses;

/// <summary>What the properties of responses have in common: samples, writing, and parsing what was written.</summary>
internal static class ResponseProperty
{
    public static readonly string[] Names = ["INBOX", "a", "Sent Items", "Entwürfe/日本", "A&B", "x\"y\\z", "(1)", "NIL", "%*", "{3}", "😀", "INBOX/x]"];

    /// <summary>Holds a property of 300 samples, each with a generator of its own, with UTF-8 and without.</summary>
    public static void Check(Action<Random, bool> property)
    {
        Gen<(int Seed, bool Utf8)> samples =
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from utf8 in Gen.Elements(false, true)
            select (seed, utf8);
        Prop.ForAll(samples.ToArbitrary(), sample => property(new Random(sample.Seed), sample.Utf8)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    /// <summary>Writes a response and takes it apart.</summary>
    public static Response Parse(Action<ResponseWriter> write, bool utf8)
    {
        byte[] octets = OctetCollector.Written(write, utf8);
        Assert.That(ResponseParser.LengthOfFirst(octets), Is.EqualTo(octets.Length), Text(octets));
        return ResponseParser.Parse(octets, utf8);
    }

    /// <summary>A mailbox's name as it was before it was written.</summary>
    public static string Decoded(ResponseValue name, bool utf8) =>
        utf8 ? name.Utf8 : MailboxNameEncoding.TryFromModifiedUtf7(name.Text, out string text) ? text : throw new FormatException(name.Text);

    public static string Text(ReadOnlySpan<byte> octets) => Encoding.Latin1.GetString(octets);

    public static MailboxName Name(Random random) => Storage.TestTree.Name(Names[random.Next(Names.Length)]);

    /// <summary>Octets without NUL, which only BINARY can carry.</summary>
    public static byte[] Octets(Random random)
    {
        byte[] octets = new byte[random.Next(20) == 0 ? random.Next(3000) : random.Next(40)];
        random.NextBytes(octets);
        if (random.Next(2) == 0)
        {
            octets = [.. octets.Select(static octet => (byte)(octet & 0x7F))];
        }

        return [.. octets.Select(static octet => octet == 0 ? (byte)'0' : octet)];
    }

    public static T Any<T>(Random random)
        where T : struct, Enum => Enum.GetValues<T>()[random.Next(Enum.GetValues<T>().Length)];
}
