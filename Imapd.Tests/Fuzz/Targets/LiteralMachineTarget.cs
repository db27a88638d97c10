using Imapd.Protocol.Wire;
using Imapd.Tests.Protocol;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>The machine that gathers lines and literals: however the octets are cut, it reports the same, within its limits.</summary>
/// <remarks>The first octet of an input says what is decided about literals, the second how the octets are cut.</remarks>
internal sealed class LiteralMachineTarget : FuzzTarget
{
    private static readonly CommandLimits Limits = new(MaxLineOctets: 64, MaxLiteralOctets: 16, MaxLiteralsOctets: 32, MaxDepth: 8);

    public override string Name => "literal-machine";

    public override int MaxInputOctets => 4096;

    public override IReadOnlyList<string> Dictionary { get; } =
        ["a ", "LOGIN ", "{3}\r\n", "{5+}\r\n", "~{2}\n", "{99+}\r\n", "{0}\r\n", "{0+}\r\n", "{18446744073709551615+}\r\n", "\r\n", "\n", "xxxxxxxxxxxxxxxx", "{", "}", "+}", "\r"];

    public override IEnumerable<byte[]> Seeds { get; } =
    [
        Latin1("\0\0a NOOP\r\nb NOOP\r\n"),
        Latin1("\0\u0003a LOGIN {4}\r\nuser {4+}\r\npass\r\nb NOOP\r\n"),
        Latin1("\u0001\u0001a APPEND x ~{7}\r\nb LOGOUT\r\n"),
        Latin1("\0\u0007a LOGIN {99+}\r\n" + new string('x', 99) + " {3+}\r\nabc\r\nb NOOP\r\n"),
        Latin1("\u0002\u0002" + new string('x', 100) + "{3+}\r\nabc\r\nb NOOP\r\n"),
    ];

    // Every piece that is reported is kept, four times over.
    public override long MaxAllocatedOctets(int inputOctets) => (1 << 20) + (4000L * inputOctets);

    public override object? Exercise(byte[] input)
    {
        byte[] stream = input.Length < 2 ? [] : input[2..];
        byte decision = input.Length < 2 ? (byte)0 : input[0];
        int piece = input.Length < 2 ? 1 : 1 + (input[1] % 32);
        Decision Decide(CommandAssembler assembler)
        {
            Decision byLimits = AssemblerRun.ByLimits(assembler);
            return byLimits != Decision.Accept ? byLimits
                : (decision % 4) switch
                {
                    1 => Decision.Stream,
                    2 => assembler.Literal.IsSynchronizing ? Decision.Refuse : Decision.Skip,
                    _ => Decision.Accept,
                };
        }

        IReadOnlyList<string> Cut(int octets) =>
            AssemblerRun.Events(stream, Enumerable.Repeat(octets, stream.Length / octets), Limits, Decide);
        return (Cut(Math.Max(1, stream.Length)), Cut(piece), Cut(1));
    }

    public override string Check(byte[] input, object? result)
    {
        (IReadOnlyList<string> whole, IReadOnlyList<string> pieces, IReadOnlyList<string> octets) =
            ((IReadOnlyList<string>, IReadOnlyList<string>, IReadOnlyList<string>))result!;
        Require(whole.SequenceEqual(pieces) && whole.SequenceEqual(octets), () => $"cut otherwise it is not\n{string.Join('\n', whole)}");
        int most = Limits.MaxLineOctets + Limits.MaxLiteralsOctets + 200;
        Require(whole.All(what => what.Length <= 2 * most), () => "more was kept than the limits allow");
        return string.Join('|', whole.Take(12).Select(what => Shape(what[(what.IndexOf('|', StringComparison.Ordinal) + 1)..].Split(' ')[0])));
    }
}
