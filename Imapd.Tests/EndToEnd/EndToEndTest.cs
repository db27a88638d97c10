using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;
using NUnit.Framework.Interfaces;

namespace Imapd.Tests.EndToEnd;

/// <summary>
/// A test of the published executables. Whatever it starts is stopped after it, and every server must then end with
/// exit status 0 and leave no process behind.
/// </summary>
[Category("EndToEnd")]
internal abstract class EndToEndTest
{
    private readonly Stack<IDisposable> _kept = [];
    private readonly List<ImapdProcess> _servers = [];

    protected static SystemUser Alice => EndToEndSetup.Alice;

    protected static SystemUser Bob => EndToEndSetup.Bob;

    protected static Certificate Certificate => EndToEndSetup.Certificate;

    [SetUp]
    public void RequireExecutablesAndForgetMail()
    {
        if (!File.Exists(ImapdProcess.Executable))
        {
            Assert.Ignore("needs out/imapd: run make");
        }
        if (EndToEndSetup.IsRoot)
        {
            Alice.Forget();
            Bob.Forget();
        }
    }

    [TearDown]
    public void StopWhatWasStarted()
    {
        while (_kept.TryPop(out IDisposable? thing))
        {
            thing.Dispose();
        }
        bool hasFailed = TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Failed;
        try
        {
            foreach (ImapdProcess server in _servers)
            {
                if (hasFailed)
                {
                    TestContext.Out.WriteLine("The log of imapd:\n" + server.Log);
                }
                var workers = server.Workers;
                Assert.That(server.Stop(), Is.Zero, () => $"exit status of imapd\n{server.Log}");
                Wait.Until(() => workers.All(worker => !worker.Exists), "every worker has ended");
            }
        }
        finally
        {
            _servers.ForEach(server => server.Dispose());
            _servers.Clear();
        }
    }

    protected static void RequireRoot()
    {
        if (!EndToEndSetup.IsRoot)
        {
            Assert.Ignore("needs root");
        }
    }

    protected static void RequireProgram(string program, string package)
    {
        if (!Shell.Has(program))
        {
            Assert.Ignore($"needs {program} (Debian package {package})");
        }
    }

    /// <summary>The production server: one worker per connection, system accounts, TLS and STARTTLS.</summary>
    protected ImapdProcess StartForking(params string[] options)
    {
        RequireRoot();
        string[] service = options.Contains("--pam-service") ? [] : ["--pam-service", EndToEndSetup.Pam.Name];
        return StartTls(["--fork", .. service, .. options]);
    }

    /// <summary>The development server: mail in memory, account test with password test.</summary>
    protected ImapdProcess StartMemory(params string[] options) => StartTls(["-s", "memory", .. options]);

    protected ImapdProcess StartTls(params string[] options)
    {
        ImapdProcess server = ImapdProcess.StartTls(Certificate, options);
        _servers.Add(server);
        return server;
    }

    protected ImapdProcess StartTlsThrough(string[] launcher, params string[] options)
    {
        ImapdProcess server = ImapdProcess.StartTlsThrough(launcher, Certificate, options);
        _servers.Add(server);
        return server;
    }

    protected ImapdProcess StartClear(params string[] options)
    {
        ImapdProcess server = ImapdProcess.StartClear(options);
        _servers.Add(server);
        return server;
    }

    /// <summary>Disposed after the test, before the servers are stopped.</summary>
    protected T Keep<T>(T thing)
        where T : IDisposable
    {
        _kept.Push(thing);
        return thing;
    }

    protected ImapClient Connect(ImapdProcess server) => Keep(ImapClient.ConnectTls(server.TlsPort));

    protected ImapClient Login(ImapdProcess server, SystemUser user)
    {
        ImapClient client = Connect(server);
        Assert.That(client.Login(user).Status, Does.StartWith("OK"), () => server.Log);
        return client;
    }

    protected ImapClient LoginAsTest(ImapdProcess server)
    {
        ImapClient client = Connect(server);
        Assert.That(client.Command("LOGIN test test").Status, Does.StartWith("OK"), () => server.Log);
        return client;
    }
}
