using System.Net.Sockets;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;
using Mono.Unix.Native;
using NUnit.Framework;

namespace Imapd.Tests.Storage;

/// <summary>Things that are no files and no directories, where the store has its own or looks for mailboxes.</summary>
internal sealed class HostileTreeTests
{
    private static readonly string[] Files =
    [
        "dovecot-uidlist", "dovecot-keywords", "dovecot-uidlist.lock", "subscriptions", "imapd.index", "imapd.cache", "imapd.lock",
        "imapd.names.lock", "imapd.uidvalidity", "imapd.special-use", "courierimapuiddb", "courierimapkeywords", "courierimapsubscribed",
        "dovecot-uidlist.tmp", "imapd.index.tmp", "subscriptions.tmp", "new", "cur", "tmp",
    ];

    private static readonly string[] Derived =
        ["imapd.index", "imapd.cache", "imapd.index.tmp", "dovecot-uidlist.tmp", "courierimapuiddb", "courierimapkeywords"];

    private static readonly string[] Kinds = ["fifo", "socket", "directory", "loop", "nowhere", "zero", "garbage"];

    private TestTree _tree = null!;

    public static IEnumerable<TestCaseData> All =>
        from file in Files from kind in Kinds select new TestCaseData(file, kind);

    [SetUp]
    public void Make() => _tree = new TestTree(options: new StoreOptions { Root = "", HostName = "test", LockWaitSeconds = 1 });

    [TearDown]
    public void Remove() => _tree.Dispose();

    [TestCaseSource(nameof(All))]
    [CancelAfter(60_000)]
    public void In_the_place_of_a_file_of_ours_it_brings_a_clear_answer_or_none_at_all(string file, string kind)
    {
        _tree.Create("other");
        _tree.Append("x\r\n", flags: SystemFlags.Seen);
        Put(file, kind);
        List<string> refusals = [];
        foreach (Action<MailStore> act in (Action<MailStore>[])
        [
            static store => store.List(),
            static store => store.Status(MailboxName.Inbox),
            static store => Look(store, true),
            static store => Look(store, false),
            static store => Append(store, "INBOX"),
            static store => Append(store, "other"),
            static store => store.Create(TestTree.Name("made"), SpecialUse.Archive),
            static store => store.Rename(TestTree.Name("made"), TestTree.Name("renamed")),
            static store => store.Subscribe(TestTree.Name("made")),
            static store => store.Subscriptions(),
            static store => store.Delete(TestTree.Name("renamed")),
        ])
        {
            try
            {
                using MailStore store = MailStore.Open(_tree.Options);
                act(store);
            }
            catch (StoreException refused)
            {
                Assert.That(refused.Message, Has.Length.GreaterThan(10).And.Not.Contains("/"));
                refusals.Add(refused.Message);
            }
        }

        // What can be made anew hinders nothing; of the rest, each hinders only what needs it, INBOX's directories everything.
        Assert.That(refusals, Has.Count.LessThanOrEqualTo(Derived.Contains(file) ? 0 : file is "new" or "cur" or "tmp" ? 11 : 4));
        Assert.That(refusals, Has.None.Contains("error ("), "an errno says nothing to a user");
    }

    [Test]
    [CancelAfter(60_000)]
    public void Among_the_mailboxes_it_is_none_and_a_link_to_a_mailbox_is_one()
    {
        foreach (string kind in Kinds.Where(static kind => kind != "directory"))
        {
            Put("." + kind, kind);
        }

        _tree.Create("real");
        Directory.CreateSymbolicLink(Path.Combine(_tree.Root, ".link"), ".real");
        Directory.CreateSymbolicLink(Path.Combine(_tree.Root, ".root"), ".");
        Directory.CreateDirectory(Path.Combine(_tree.Root, "." + new string('x', 254)));
        Directory.CreateDirectory(Path.Combine(_tree.Root, ".line\nend"));
        Assert.That(
            _tree.Store.List().Select(static entry => entry.Name.Value),
            Is.EqualTo(new[] { "INBOX", "line\\0aend", "link", "real", "root", new string('x', 254) }));
        _tree.Append("x\r\n", "link");
        _tree.Append("y\r\n", "line\\0aend");
        _tree.Append("z\r\n", new string('x', 254));
        Assert.That(_tree.Open("real").State.Count, Is.EqualTo(1));
        Assert.That(_tree.Open("line\\0aend").State.Count, Is.EqualTo(1));
        _tree.Store.Rename(TestTree.Name("line\\0aend"), TestTree.Name("line end"));
        Assert.That(_tree.Open("line end").State.Count, Is.EqualTo(1));
        foreach (string kind in Kinds.Where(static kind => kind != "directory"))
        {
            Assert.That(() => _tree.Store.Select(TestTree.Name(kind), false), MailboxListTests.Fails(StoreError.NonExistent), kind);
        }
    }

    private static void Look(MailStore store, bool readOnly)
    {
        using Mailbox mailbox = store.Select(MailboxName.Inbox, readOnly);
        if (!readOnly)
        {
            mailbox.Flag(FlagChangeKind.Add, SystemFlags.Flagged, "Word");
            mailbox.Copy(mailbox.State.AllUids(), TestTree.Name("other"));
        }
    }

    private static void Append(MailStore store, string mailbox)
    {
        using AppendBatch batch = store.BeginAppend(TestTree.Name(mailbox));
        batch.BeginMessage(new FlagSet(SystemFlags.None, ["Word"]), null).Write("x\r\n"u8);
        batch.Commit();
    }

    private void Put(string name, string kind)
    {
        string path = Path.Combine(_tree.Root, name);
        if (Directory.Exists(path))
        {
            Directory.Delete(path, true);
        }

        File.Delete(path);
        switch (kind)
        {
            case "fifo":
                Assert.That(Syscall.mkfifo(path, FilePermissions.S_IRWXU), Is.Zero);
                break;
            case "socket":
                using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                {
                    socket.Bind(new UnixDomainSocketEndPoint(path));
                }

                // It is removed with the socket that was bound; one that was not outlives it.
                if (!File.Exists(path) && Syscall.mknod(path, FilePermissions.S_IFSOCK | FilePermissions.S_IRWXU, 0) != 0)
                {
                    Assert.Ignore("no socket can be made here");
                }

                break;
            case "directory":
                Directory.CreateDirectory(Path.Combine(path, "something"));
                break;
            case "loop":
                File.CreateSymbolicLink(path, name);
                break;
            case "nowhere":
                File.CreateSymbolicLink(path, "/no/such/place");
                break;
            case "zero":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            default:
                File.WriteAllBytes(path, [0, 255, 10, 13, 1, 2, 3, 10]);
                break;
        }
    }
}
