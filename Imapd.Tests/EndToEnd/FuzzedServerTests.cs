using System.Security.Authentication;
using Imapd.Tests.EndToEnd.Harness;
using Imapd.Tests.Fuzz.Sessions;
using Imapd.Tests.Responses;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>The executables under mutated input in every state, over TLS: see <see cref="SessionFuzz"/>.</summary>
internal sealed class FuzzedServerTests : EndToEndTest
{
    private const int Inputs = 150;
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AtMostForked = TimeSpan.FromSeconds(8);

    // Before the login PAM takes its time, and failures are delayed: few inputs would be tried.
    private static IEnumerable<FuzzedState> StatesOfUsers => FuzzedState.All.Where(static state => state.IsLoggedIn);

    [TestCaseSource(typeof(FuzzedState), nameof(FuzzedState.All))]
    public void No_client_does_harm_in(FuzzedState state)
    {
        ImapdProcess process = StartMemory();
        var fuzz = new SessionFuzz(state, seed: 2, () => new PublishedServer(process, "LOGIN test test"));
        fuzz.Run(AtMost, Inputs);
        Assert.That(fuzz.Tried, Is.Positive);
    }

    [TestCaseSource(nameof(StatesOfUsers))]
    public void No_client_does_harm_to_a_user_of_the_host_in(FuzzedState state)
    {
        ImapdProcess process = StartForking();
        SystemUser user = Keep(SystemUser.Create());
        var fuzz = new SessionFuzz(state, seed: 3, () => new PublishedServer(process, $"LOGIN {user.Name} {user.Password}"));
        fuzz.Run(AtMostForked, Inputs);
        Assert.That(fuzz.Tried, Is.Positive);
    }

    private sealed class PublishedServer(ImapdProcess process, string login) : FuzzedServer
    {
        public override FuzzedClient Connect()
        {
            ImapClient client = ImapClient.Open(process.TlsPort);
            client.StartHandshake(SslProtocols.None);
            return new FuzzedClient(new StrictConnection(client.Send, client.Receive), login, client.Dispose);
        }

        // Stacks are logged when something that nobody has thought of ends a session.
        public override string Harm() => process.Log.Contains("   at ", StringComparison.Ordinal) ? process.Log : "";

        public override void Dispose()
        {
            // The test stops it.
        }
    }
}
