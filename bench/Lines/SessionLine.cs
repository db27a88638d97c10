using System.Globalization;
using Imapd.Bench.Client;
using Imapd.Bench.Mail;
using Imapd.Bench.Report;

namespace Imapd.Bench.Lines;

/// <summary>Commands in one session that is logged in anew each time.</summary>
/// <param name="name">What it is chosen by.</param>
/// <param name="text">The row's text.</param>
/// <param name="commands">What is measured.</param>
/// <param name="needs">The mail it needs.</param>
internal sealed class SessionLine(string name, string text, Func<Side, WireClient, Answer> commands, params MailSet[] needs) : Line(name, needs)
{
    /// <summary>Done to the disk while no session is there.</summary>
    public Action<Side> Prepare { get; init; } = _ => { };

    /// <summary>Commands before, in the same session, such as SELECT.</summary>
    public Action<WireClient> Before { get; init; } = _ => { };

    /// <summary>Commands after.</summary>
    public Action<Side, WireClient> After { get; init; } = (_, _) => { };

    /// <summary>Whether all of it is done once before, in a session of its own, so that indexes and caches know it.</summary>
    public bool IsRepetition { get; init; }

    /// <summary>Whether mail is changed, so that the next line has to wait.</summary>
    public bool Changes { get; init; }

    /// <summary>Into how many commands the time is divided.</summary>
    public Func<Scale, int> Parts { get; init; } = _ => 1;

    /// <summary>What both servers must have answered alike.</summary>
    public Func<Answer, long> Compared { get; init; } = answer => answer.Fetches;

    public override IReadOnlyList<string> Rows => [text];

    public override IReadOnlyList<Sample?> Measure(Side side)
    {
        Prepare(side);
        if (IsRepetition)
        {
            using WireClient earlier = side.Login();
            Before(earlier);
            commands(side, earlier);
            earlier.Command("LOGOUT");
        }
        using WireClient client = side.Login();
        Before(client);
        side.WaitUntilQuiet();
        Sample sample = side.Measure(() => Compared(commands(side, client)).ToString(CultureInfo.InvariantCulture), Parts(side.Scale));
        After(side, client);
        client.Command("LOGOUT");
        if (Changes)
        {
            side.Touch();
        }
        return [sample];
    }
}
