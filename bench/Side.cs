using System.Diagnostics;
using Imapd.Bench.Client;
using Imapd.Bench.Mail;
using Imapd.Bench.Report;
using Imapd.Bench.Servers;
using Imapd.Tests.EndToEnd.Harness;

namespace Imapd.Bench;

/// <summary>One server with its own users and its own copy of all mail.</summary>
internal sealed class Side : IDisposable
{
    private const int CrowdUsers = 5;

    /// <summary>Dovecot reads a directory again that changed less than two seconds ago.</summary>
    private static readonly TimeSpan _quiet = TimeSpan.FromSeconds(2.5);

    /// <summary>What the end of a login sets going, such as a new spare worker, is not the command's.</summary>
    private static readonly TimeSpan _afterLogin = TimeSpan.FromMilliseconds(150);

    private readonly HashSet<MailSet> _made = [];
    private readonly Func<StartOptions, IServer> _start;
    private long _lastChange = Stopwatch.GetTimestamp();

    /// <param name="start">Starts a server.</param>
    /// <param name="homes">Where the users' homes are made.</param>
    /// <param name="scale">How much mail there is.</param>
    public Side(Func<StartOptions, IServer> start, string homes, Scale scale)
    {
        _start = start;
        Scale = scale;
        Server = start(new StartOptions());
        User = SystemUser.Create("--base-dir", homes);
        Maker = new MaildirMaker(User);
        Crowd = [.. Enumerable.Range(0, CrowdUsers).Select(_ => SystemUser.Create("--base-dir", homes))];
    }

    public Scale Scale { get; }

    public IServer Server { get; }

    public SystemUser User { get; }

    /// <summary>The users of those lines that need several.</summary>
    public IReadOnlyList<SystemUser> Crowd { get; }

    public MaildirMaker Maker { get; }

    /// <summary>A server beside that one, which has served nobody yet.</summary>
    public IServer StartFresh(StartOptions options) => _start(options);

    /// <summary>Makes a set when it is not there yet.</summary>
    public void Require(MailSet set)
    {
        if (_made.Add(set))
        {
            Write(set);
        }
    }

    /// <summary>Makes a set as it was at first.</summary>
    public void Write(MailSet set)
    {
        switch (set)
        {
            case MailSet.Mix or MailSet.Work:
                Maker.Write(DirectoryOf(set.ToString()), Scale.Mixed, MessageMaker.Mixed);
                break;
            case MailSet.Flat:
                Maker.Write(DirectoryOf("Flat"), Scale.Flat, MessageMaker.Small);
                break;
            case MailSet.Huge:
                Maker.WriteLinks(DirectoryOf("Huge"), Scale.Huge);
                break;
            case MailSet.Large:
                Maker.Write(DirectoryOf("Large"), 1, (buffer, _, _) => MessageMaker.Large(buffer, Scale.LargeOctets));
                break;
            case MailSet.Lists:
                for (int number = 0; number < Scale.Mailboxes; number++)
                {
                    Maker.Write(DirectoryOf($"Lists.{number:0000}"), 10, MessageMaker.Small);
                }
                break;
            case MailSet.Drop:
                Maker.Write(DirectoryOf("Drop"), 100, MessageMaker.Mixed);
                break;
            case MailSet.Crowd:
                foreach (SystemUser user in Crowd)
                {
                    new MaildirMaker(user).Write(user.Maildir, Scale.Mixed / 10, MessageMaker.Mixed);
                }
                break;
            case MailSet.None:
            default:
                break;
        }
        MaildirMaker.Sync();
        Touch();
    }

    public string DirectoryOf(string mailbox) => Path.Combine(User.Maildir, "." + mailbox);

    /// <summary>Removes what either server has found out about a mailbox. Its UIDs are no such thing: they stay.</summary>
    public void Forget(string mailbox)
    {
        foreach (string pattern in new[] { "dovecot.index*", "imapd.index*", "imapd.cache*" })
        {
            Remove(DirectoryOf(mailbox), pattern);
        }
        Remove(User.Maildir, "dovecot.list.index*");
    }

    /// <summary>Removes its UIDs too.</summary>
    public void ForgetUids(string mailbox)
    {
        Forget(mailbox);
        Remove(DirectoryOf(mailbox), "dovecot-uidlist*");
    }

    /// <summary>Says that mail was changed now.</summary>
    public void Touch() => _lastChange = Stopwatch.GetTimestamp();

    public WireClient Login() => Login(User);

    public WireClient Login(SystemUser user)
    {
        var client = new WireClient(Server.TlsPort);
        client.Login(user);
        return client;
    }

    /// <summary>Waits until nothing but what is measured next keeps the server busy.</summary>
    public void WaitUntilQuiet()
    {
        TimeSpan left = _quiet - Stopwatch.GetElapsedTime(_lastChange);
        Thread.Sleep(left > _afterLogin ? left : _afterLogin);
    }

    /// <summary>Measures what is done in sessions that are there already.</summary>
    /// <param name="commands">Returns what must be equal for both servers.</param>
    /// <param name="parts">Into how many the times are divided.</param>
    public Sample Measure(Func<string> commands, int parts)
    {
        var server = CpuMeter.Of(Server);
        var clients = CpuMeter.OfClients();
        long start = Stopwatch.GetTimestamp();
        string answer = commands();
        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        double clientCpu = clients.Milliseconds();
        double serverCpu = server.Milliseconds();
        double memory = ProcessTree.Processes(Server.ProcessId).Where(process => process.UserId == User.UserId).Sum(ProcessTree.Private);
        return new Sample(milliseconds / parts, serverCpu / parts, clientCpu / parts, memory > 0 ? memory : double.NaN, answer);
    }

    public void Dispose()
    {
        Server.Dispose();
        foreach (SystemUser user in Crowd.Prepend(User))
        {
            // userdel is given a limited time, and a million names take longer.
            user.Forget();
            user.Dispose();
        }
    }

    private static void Remove(string directory, string pattern)
    {
        foreach (string file in Directory.GetFiles(directory, pattern))
        {
            File.Delete(file);
        }
    }
}
