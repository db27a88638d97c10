using System.Text;
using Imapd.Protocol.Values;
using Imapd.Storage.Maildir;

namespace Imapd.Tests.Storage.Crash;

/// <summary>A tree in memory, a session at work in it, and what its client was told.</summary>
internal sealed class Stage : IDisposable
{
    private static int _count;
    private readonly List<Mailbox> _open = [];
    private int _delivered;

    public Stage(MailboxLayout layout)
    {
        string parent = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        Root = Path.Combine(parent, $"imapd-crash-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        Options = new StoreOptions { Root = Root, HostName = "test", LockWaitSeconds = 1, Layout = layout };
        _ = Directory.CreateDirectory(Root);
        Store = MailStore.Open(Options);
    }

    public string Root { get; }

    public StoreOptions Options { get; }

    public MailStore Store { get; }

    public Told Told { get; } = new();

    /// <summary>What the client of a session that was cut off does not know.</summary>
    public Func<bool> IsCutOff { get; set; } = static () => false;

    public static MailboxName Name(string name) => TestTree.Name(name);

    public Mailbox Open(string name = "INBOX")
    {
        Mailbox mailbox = Store.Select(Name(name), readOnly: false);
        _open.Add(mailbox);
        return mailbox;
    }

    public void Create(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            Store.Create(Name(name), SpecialUse.None);
        }
    }

    /// <summary>APPEND of messages in one batch.</summary>
    public void Append(string mailbox, SystemFlags flags, string[] keywords, params ReadOnlySpan<string> contents)
    {
        using AppendBatch batch = Store.BeginAppend(Name(mailbox));
        foreach (string content in contents)
        {
            batch.BeginMessage(new FlagSet(flags, keywords), null).Write(Encoding.Latin1.GetBytes(content));
        }

        AppendResult result = batch.Commit();
        for (int i = 0; i < contents.Length; i++)
        {
            Tell(mailbox, result.UidValidity, result.Uids[i], contents[i]);
        }
    }

    /// <summary>Some messages, some of them flagged, some in <c>new/</c>.</summary>
    public void Fill(string mailbox = "INBOX", int count = 4)
    {
        for (int i = 1; i <= count; i++)
        {
            Append(mailbox, i % 2 == 0 ? SystemFlags.Seen : SystemFlags.None, i % 3 == 0 ? ["Work"] : [], $"{mailbox} {i}\r\n");
        }
    }

    /// <summary>What a delivery agent does.</summary>
    public void Deliver(string content, string directory = "")
    {
        string name = $"{1700000000 + ++_delivered}.M1P1.elsewhere";
        File.WriteAllText(Path.Combine(Root, directory, "tmp", name), content, Encoding.Latin1);
        File.Move(Path.Combine(Root, directory, "tmp", name), Path.Combine(Root, directory, "new", name));
    }

    public void Write(string file, string text)
    {
        string path = Path.Combine(Root, file);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, Encoding.Latin1);
    }

    /// <summary>Tells the client where a message is.</summary>
    public void Tell(string mailbox, UidValidity validity, Uid uid, string content)
    {
        if (!IsCutOff())
        {
            Told.Hear(mailbox, validity.Value, uid.Value, content);
        }
    }

    /// <summary>Tells the client what it would hear of a whole mailbox.</summary>
    public void TellAll(Mailbox mailbox, MailboxState state)
    {
        for (int i = 0; i < state.Count; i++)
        {
            Uid uid = state.UidAt(i);
            Tell(mailbox.Name.Value, state.UidValidity, uid, mailbox.Wire(uid));
        }

        Tell(state);
    }

    /// <summary>Tells the client the highest mod-sequence; after a power failure it may have been that of a change that is undone.</summary>
    public void Tell(MailboxState state)
    {
        if (!IsCutOff())
        {
            Told.HearModSeq(state.UidValidity.Value, state.HighestModSeq.Value);
        }
    }

    /// <summary>The session is over, however it ended; the tree stays.</summary>
    public void EndSession()
    {
        foreach (Mailbox mailbox in _open)
        {
            mailbox.Dispose();
        }

        _open.Clear();
        Store.Dispose();
    }

    public void Dispose()
    {
        EndSession();
        Directory.Delete(Root, true);
    }
}
