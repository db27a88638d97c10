using System.Globalization;
using System.Text;
using Imapd.Worker.Modes;
using Imapd.Worker.Native;
using Imapd.Worker.Session;

namespace Imapd.Worker.Login;

/// <summary>
/// The administrator's program that says who a client is (<c>--preauth-program</c>). It learns the addresses and ports from its
/// environment, prints the user's name in one line, and ends with 0; anything else means that the client is not known. It runs as
/// an unprivileged account, with nothing to read and no standard error, and neither it nor what it started in its process group
/// outlives the question.
/// </summary>
/// <param name="path">The program.</param>
/// <param name="account">The uid it runs as.</param>
/// <param name="complain">Told when what it did was no answer.</param>
internal sealed class PreauthProgram(string path, uint account, Action<string> complain)
{
    // Ten seconds for a directory service that is slow; a client would wait for its greeting a little longer than that.
    private const int MostMilliseconds = 10_000;

    // A name and its line end. One octet more shows that there is more.
    private const int MaxAnswerOctets = 256;

    /// <summary>Asks it; never throws for what the program does.</summary>
    /// <param name="facts">Who is connected.</param>
    /// <param name="controlDescriptor">The master's channel: something there to read ends the question.</param>
    /// <param name="atMostMilliseconds">How long it may take, at most ten seconds.</param>
    /// <returns>The name it printed; null when the client is not known.</returns>
    public string? Ask(ConnectionFacts facts, int controlDescriptor, int atMostMilliseconds)
    {
        try
        {
            using var program = ChildProgram.Start(
                Environment.ProcessPath!,
                [
                    RunProgramMode.Option,
                    account.ToString(CultureInfo.InvariantCulture),
                    path,
                    .. EnvironmentOf(facts).Select(pair => $"{pair.Name}={pair.Value}"),
                ]);
            return Hear(program, controlDescriptor, Math.Min(MostMilliseconds, atMostMilliseconds));
        }
        catch (SystemCallException error)
        {
            complain($"{path} could not be run: {error.Message}");
            return null;
        }
    }

    // Names that tcpserver has given these facts since 1996, and many scripts read.
    private static IEnumerable<(string Name, string Value)> EnvironmentOf(ConnectionFacts facts) =>
    [
        ("PROTO", "TCP"),
        ("TCPREMOTEIP", facts.PeerAddress),
        ("TCPREMOTEPORT", facts.PeerPort.ToString(CultureInfo.InvariantCulture)),
        ("TCPLOCALIP", facts.LocalAddress),
        ("TCPLOCALPORT", facts.LocalPort.ToString(CultureInfo.InvariantCulture)),
    ];

    private string? Hear(ChildProgram program, int controlDescriptor, int milliseconds)
    {
        Span<byte> answer = stackalloc byte[MaxAnswerOctets + 1];
        int octets = 0;
        bool isClosed = false;
        long deadline = Environment.TickCount64 + milliseconds;
        while (true)
        {
            Span<Poll.Entry> entries =
            [
                new(isClosed ? -1 : program.Output, Poll.In),
                new(program.Process, Poll.In),
                new(controlDescriptor, Poll.In),
            ];
            if (Poll.Wait(entries, (int)Math.Max(0, deadline - Environment.TickCount64)) == 0)
            {
                complain($"{path} did not answer in {milliseconds / 1000} s");
                return null;
            }
            if (entries[2].Happened != 0)
            {
                return null;
            }
            if (entries[0].Happened != 0)
            {
                int read = program.Read(answer[octets..]);
                isClosed = read == 0;
                octets += read;
            }
            else if (entries[1].Happened != 0)
            {
                // Its own end is the end of the answer, whoever of its children may still hold its output.
                return NameIn(answer[..octets], program.End());
            }
            if (octets == answer.Length)
            {
                return NameIn(answer, status: 0);
            }
        }
    }

    private string? NameIn(ReadOnlySpan<byte> answer, int status)
    {
        if (status != 0)
        {
            if (status is not 1)
            {
                complain($"{path} ended with status {status}");
            }
            return null;
        }
        string name = Encoding.UTF8.GetString(answer.EndsWith("\n"u8) ? answer[..^1] : answer);
        if (name.Length > 0 && (answer.Length > MaxAnswerOctets || !LoginName.IsPossible(name)))
        {
            complain($"{path} printed what is no name of a user");
            return null;
        }
        return name.Length > 0 ? name : null;
    }
}
