using System.Text;
using Imapd.Protocol.Wire;

namespace Imapd.Tests.Protocol;

/// <summary>What to do with an announced literal.</summary>
internal enum Decision
{
    Accept,
    Skip,
    Stream,
    Refuse,
}

/// <summary>Feeds octets to an assembler in given pieces and notes down what it reports.</summary>
internal sealed class AssemblerRun(CommandLimits limits, Func<CommandAssembler, Decision> decide)
{
    private readonly CommandAssembler _assembler = new(limits);
    private readonly List<string> _events = [];
    private ulong _streamLeft;

    public static Func<CommandAssembler, Decision> ByLimits { get; } =
        assembler => assembler.LiteralFits ? Decision.Accept
            : assembler.Literal.IsSynchronizing ? Decision.Refuse
            : Decision.Skip;

    public static IReadOnlyList<string> Events(
        byte[] stream, IEnumerable<int> pieces, CommandLimits limits, Func<CommandAssembler, Decision> decide)
    {
        var run = new AssemblerRun(limits, decide);
        int at = 0;
        foreach (int piece in pieces)
        {
            run.Feed(stream.AsSpan(at, piece));
            at += piece;
        }

        run.Feed(stream.AsSpan(at));
        return run._events;
    }

    public static IReadOnlyList<string> Events(string stream, CommandLimits limits, Func<CommandAssembler, Decision>? decide = null) =>
        Events(Encoding.Latin1.GetBytes(stream), [], limits, decide ?? ByLimits);

    private void Feed(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            if (_streamLeft > 0)
            {
                int count = (int)Math.Min(_streamLeft, (ulong)octets.Length);
                _streamLeft -= (uint)count;
                octets = octets[count..];
                continue;
            }

            AssemblerResult result = _assembler.Offer(octets, out int taken);
            octets = octets[taken..];
            Note(result);
        }
    }

    private void Note(AssemblerResult result)
    {
        switch (result)
        {
            case AssemblerResult.Complete:
                _events.Add($"{_assembler.Tag}|{Encoding.Latin1.GetString(_assembler.Command.Span)}");
                break;
            case AssemblerResult.LineTooLong or AssemblerResult.Refused:
                _events.Add($"{_assembler.Tag}|{result}");
                break;
            case AssemblerResult.LiteralAnnounced:
                Decision decision = decide(_assembler);
                _events.Add(
                    $"{_assembler.Tag}|{decision} {_assembler.Literal.Octets} of {Encoding.Latin1.GetString(_assembler.Partial)}");
                Act(decision);
                break;
            default:
                break;
        }
    }

    private void Act(Decision decision)
    {
        switch (decision)
        {
            case Decision.Accept:
                _assembler.AcceptLiteral();
                break;
            case Decision.Skip:
                _assembler.SkipLiteral();
                break;
            case Decision.Stream:
                _assembler.StreamLiteral();
                _streamLeft = _assembler.Literal.Octets;
                break;
            default:
                _assembler.RefuseLiteral();
                break;
        }
    }
}
