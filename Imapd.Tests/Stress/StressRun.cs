using System.Diagnostics;
using System.Globalization;
using Imapd.Tests.Architecture;
using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Stress.Actors;
using Imapd.Tests.Stress.Client;
using Imapd.Tests.Stress.Model;
using Imapd.Tests.Stress.Servers;
using NUnit.Framework;

namespace Imapd.Tests.Stress;

/// <summary>Sessions and other programs at one user's mail: they act for some seconds, rest and agree, and so on.</summary>
internal sealed class StressRun : IDisposable
{
    private const int Sessions = 10;
    private const int RoundMilliseconds = 3000;
    private const int LostMilliseconds = 60_000;
    private const int EndMilliseconds = 10_000;
    private static readonly TimeSpan RestPatience = TimeSpan.FromSeconds(90);

    private readonly string _name;
    private readonly int _seed;
    private readonly IReadOnlyList<IStressServer> _servers;
    private readonly StressLedger _ledger;
    private readonly StressPace _pace = new(Sessions + 3);
    private readonly List<SessionActor> _sessions = [];
    private readonly List<ActorThread> _threads = [];
    private readonly List<Recording> _traces = [];
    private readonly Reaper _reaper;
    private readonly Rest _rest;
    private readonly StressMail _mail;
    private int _losses;

    /// <param name="name">For the traces.</param>
    /// <param name="seed">Decides what everybody does, though not when.</param>
    /// <param name="mail">Where the mail is.</param>
    /// <param name="servers">The hosts; the sessions are spread over them.</param>
    public StressRun(string name, int seed, StressMail mail, IReadOnlyList<IStressServer> servers)
    {
        _name = name;
        _seed = seed;
        _servers = servers;
        _mail = mail;
        _ledger = new StressLedger(mail.Root);
        _reaper = new Reaper(servers, RandomOf(Sessions), NewTrace("reaper"));
        _rest = new Rest(_ledger, () => NewSession(servers[0], "fresh", isRev2: true), _sessions, mail.Root);
    }

    /// <exception cref="StressFailure">A rule was broken; the traces are written.</exception>
    public void Run(TimeSpan duration)
    {
        try
        {
            MakeMailboxes();
            Start();
            long start = Stopwatch.GetTimestamp();
            for (int round = 1; Stopwatch.GetElapsedTime(start) < duration; round++)
            {
                ActForAWhile();
                _rest.Agree(round);
                FailIfComplained();
                TestContext.Progress.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_name} {_seed}: {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s, round {round}, {_threads.Sum(thread => thread.Acts)} acts, {_reaper.Kills} killed; {_rest.Summary}"));
                _pace.Resume();
            }
        }
        catch (Exception failure)
        {
            string why = failure is StressFailure ? failure.Message : failure.ToString();
            throw new StressFailure($"seed {_seed}: {why}\ntraces: {WriteTraces()}");
        }
    }

    public void Dispose()
    {
        _pace.End();
        long start = Environment.TickCount64;
        foreach (ActorThread thread in _threads)
        {
            thread.Join((int)Math.Max(0, EndMilliseconds - (Environment.TickCount64 - start)));
        }

        foreach (SessionActor actor in _sessions)
        {
            actor.Session.Drop();
        }
    }

    private Random RandomOf(int actor) => new((_seed * 100) + actor);

    private Recording NewTrace(string name)
    {
        var trace = new Recording(name);
        _traces.Add(trace);
        return trace;
    }

    private ClientSession NewSession(IStressServer server, string name, bool isRev2)
    {
        var session = new ClientSession(_ledger, _traces.Find(trace => trace.Name == name) ?? NewTrace(name));
        session.Connect(server.Connect(), isRev2, server.Login);
        return session;
    }

    private void MakeMailboxes()
    {
        ClientSession session = NewSession(_servers[0], "fresh", isRev2: true);
        foreach (MailboxLedger mailbox in _ledger.Mailboxes.Skip(1))
        {
            ClientSession.MustBeOk(session.Execute(new ClientCommand("CREATE " + mailbox.Name)));
        }

        session.Drop();
    }

    private void Start()
    {
        for (int i = 0; i < Sessions; i++)
        {
            IStressServer server = _servers[i % _servers.Count];
            bool isRev2 = i % 4 < 2;
            string name = string.Create(CultureInfo.InvariantCulture, $"session{i}");
            ClientSession session = NewSession(server, name, isRev2);
            var actor = new SessionActor(_ledger, session, RandomOf(i));
            _sessions.Add(actor);
            Recording trace = _traces.Find(known => known.Name == name)!;
            _threads.Add(new ActorThread(trace, () => ActOrConnectAgain(actor, server, isRev2), _pace));
        }

        _threads.Add(new ActorThread(NewTrace("reaper-thread"), _reaper.Act, _pace));
        Recording agent = NewTrace("delivery");
        var delivery = new DeliveryAgent(_ledger, RandomOf(Sessions + 1), agent, _mail.Own);
        var pauses = RandomOf(Sessions + 2);
        _threads.Add(new ActorThread(agent, () => Slowly(pauses, delivery.Act), _pace));
        Recording local = NewTrace("local");
        var program = new LocalProgram(_ledger, RandomOf(Sessions + 3), local);
        var localPauses = RandomOf(Sessions + 4);
        _threads.Add(new ActorThread(local, () => Slowly(localPauses, program.Act), _pace));
    }

    private static void Slowly(Random random, Action act)
    {
        Thread.Sleep(random.Next(30));
        act();
    }

    private void ActOrConnectAgain(SessionActor actor, IStressServer server, bool isRev2)
    {
        try
        {
            actor.Act();
        }
        catch (ServerGoneException)
        {
            int losses = Interlocked.Increment(ref _losses);
            if (losses > _reaper.Kills)
            {
                throw new StressFailure($"the server ended connection number {losses}, and only {_reaper.Kills} were killed");
            }

            actor.Session.Connect(server.Connect(), isRev2, server.Login);
        }
    }

    private void ActForAWhile()
    {
        long start = Environment.TickCount64;
        while (Environment.TickCount64 - start < RoundMilliseconds && _pace.Failure is null)
        {
            Thread.Sleep(50);
            FailIfLost();
        }

        if (!_pace.Pause(RestPatience))
        {
            FailIfLost();
            throw _pace.Failure ?? new StressFailure("somebody does not come to rest");
        }
    }

    private void FailIfLost()
    {
        foreach (SessionActor actor in _sessions)
        {
            (string command, long since) = actor.Session.Waiting;
            if (since != long.MaxValue && Environment.TickCount64 - since > LostMilliseconds)
            {
                throw new StressFailure($"no answer for a minute: {command}");
            }
        }
    }

    private void FailIfComplained()
    {
        var complaints = _servers.SelectMany(server => server.Complaints).ToList();
        if (complaints.Count > 0)
        {
            throw new StressFailure($"complained: {string.Join('\n', complaints)}");
        }
    }

    private string WriteTraces()
    {
        string directory = Repository.Combine("TestResults", string.Create(CultureInfo.InvariantCulture, $"{_name}-{_seed}"));
        Directory.CreateDirectory(directory);
        foreach (Recording trace in _traces)
        {
            trace.WriteTo(directory);
        }

        File.WriteAllText(Path.Combine(directory, "files.txt"), Shell.Run("ls", ["-liRa", "--full-time", _mail.Root]).Output);
        foreach (MailboxLedger mailbox in _ledger.Mailboxes.Where(mailbox => File.Exists(Path.Combine(mailbox.Directory, "dovecot-uidlist"))))
        {
            File.Copy(
                Path.Combine(mailbox.Directory, "dovecot-uidlist"),
                Path.Combine(directory, mailbox.Name.Replace('/', '.') + ".uidlist"),
                overwrite: true);
        }

        return directory;
    }
}
