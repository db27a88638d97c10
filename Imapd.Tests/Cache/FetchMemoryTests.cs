using Imapd.Protocol.Commands;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Tests.Protocol;
using Imapd.Tests.Worker;
using Imapd.Worker.Commands;
using Imapd.Worker.Selected;
using Imapd.Worker.Session;
using NUnit.Framework;

namespace Imapd.Tests.Cache;

/// <summary>What FETCH and SEARCH allocate does not grow with the number of messages where nothing has to be read.</summary>
public sealed class FetchMemoryTests
{
    private const int Messages = 1200;

    private string _root = null!;

    [OneTimeSetUp]
    public void SetUp()
    {
        _root = Directory.CreateTempSubdirectory("imapd-memory-").FullName;
        foreach (string directory in new[] { "cur", "new", "tmp" })
        {
            Directory.CreateDirectory(Path.Combine(_root, directory));
        }

        string[] flags = ["", "S", "FS", "RS", "ST"];
        for (int i = 0; i < Messages; i++)
        {
            File.WriteAllText(
                Path.Combine(_root, "cur", $"{1_700_000_000 + i}.M1P1.test:2,{flags[i % flags.Length]}"),
                $"Subject: {i}\nFrom: a{i}@b.example\nDate: Sat, 21 Nov 2026 10:00:00 +0100\n\nbody\n");
        }
    }

    [OneTimeTearDown]
    public void TearDown() => Directory.Delete(_root, recursive: true);

    [TestCase("FLAGS")]
    [TestCase("(UID FLAGS)")]
    [TestCase("(FLAGS ENVELOPE BODYSTRUCTURE)")]
    [TestCase("BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE)]")]
    public void FETCH_of_what_is_known_allocates_nothing_for_a_message(string items)
    {
        AssertNothingForAMessage(
            (context, set) => FetchHandler.Handle(context, Parsing.Parse<FetchCommand>($"FETCH {set} {items}")));
    }

    [TestCase("UNSEEN FLAGGED")]
    [TestCase("FROM nobody")]
    [TestCase("SENTSINCE 1-Jan-2090")]
    public void SEARCH_of_what_is_known_allocates_nothing_for_a_message(string keys)
    {
        AssertNothingForAMessage(
            (context, set) => SearchHandler.Handle(context, Parsing.Parse<SearchCommand>($"SEARCH {set} {keys}")));
    }

    private void AssertNothingForAMessage(Action<CommandContext, string> command)
    {
        (int served, int own) = SocketPair.CreateDescriptors();
        using System.Net.Sockets.Socket client = SocketPair.Own(own);
        using var connection = new ClientConnection(served, served);
        using var host = new TestHost(
            new ConnectionFacts(1, "", 0, "", 0, Tls: null, PreauthenticatedUser: "test", PreauthenticatedMailRoot: _root), _root);
        var output = new ResponseWriter(new Nowhere());
        var context = new CommandContext(
            connection, host, new SessionOptions(), output, new SessionInput(connection, host, output, memory: null));
        context.LogIn("test", _root);
        context.Select(new SelectedMailbox(context.Store.Select(MailboxName.Inbox, readOnly: false), context.State));

        // Twice: the first time things are looked up, and code is compiled.
        command(context, "1:*");
        command(context, "1:*");
        command(context, "1:200");
        long few = Allocated(() => command(context, "1:200"));
        long all = Allocated(() => command(context, "1:*"));
        context.Close();

        // A directory window and the like may be taken anew; an object for a message would be 24 octets at the least.
        Assert.That(all - few, Is.LessThan((Messages - 200) * 8), $"{few} octets for 200 messages, {all} for {Messages}");
    }

    private static long Allocated(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private sealed class Nowhere : IOctetSink
    {
        public void Write(ReadOnlySpan<byte> octets)
        {
        }
    }
}
