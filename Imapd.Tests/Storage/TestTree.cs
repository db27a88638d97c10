using System.Text;
using Imapd.Protocol.Values;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir;

namespace Imapd.Tests.Storage;

/// <summary>A Maildir tree of its own for one test, with other programs' hands in it.</summary>
internal sealed class TestTree : IDisposable
{
    private static int _count;
    private readonly List<IDisposable> _open = [];
    private int _delivered;

    public TestTree(string? parent = null, StoreOptions? options = null)
    {
        Root = Path.Combine(
            parent ?? Path.GetTempPath(), $"imapd-store-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        Options = (options ?? new StoreOptions { Root = Root, HostName = "test" }) with { Root = Root, Log = options?.Log ?? Log.Add };
        Store = MailStore.Open(Options);
    }

    public string Root { get; }

    public StoreOptions Options { get; }

    public MailStore Store { get; }

    /// <summary>What the store has told the administrator.</summary>
    public List<string> Log { get; } = [];

    public static MailboxName Name(string name) =>
        MailboxName.TryCreate(name, out MailboxName? made, out string? problem) ? made! : throw new ArgumentException(problem);

    public Mailbox Open(string name = "INBOX", bool readOnly = false)
    {
        Mailbox mailbox = Store.Select(Name(name), readOnly);
        _open.Add(mailbox);
        return mailbox;
    }

    public void Create(string name) => Store.Create(Name(name), SpecialUse.None);

    public AppendResult Append(string wire, string mailbox = "INBOX", SystemFlags flags = SystemFlags.None, params string[] keywords)
    {
        using AppendBatch batch = Store.BeginAppend(Name(mailbox));
        batch.BeginMessage(new FlagSet(flags, keywords), null).Write(Encoding.Latin1.GetBytes(wire));
        return batch.Commit();
    }

    /// <summary>What a delivery agent does.</summary>
    public string Deliver(string text = "Subject: x\n\nbody\n", string mailbox = "", string? name = null)
    {
        name ??= $"{1700000000 + Interlocked.Increment(ref _delivered)}.M1P1.elsewhere";
        string tmp = Path.Combine(Root, mailbox, "tmp", name);
        File.WriteAllText(tmp, text, Encoding.Latin1);
        File.Move(tmp, Path.Combine(Root, mailbox, "new", name));
        return name;
    }

    public string[] In(string directory) =>
        [.. Directory.GetFiles(Path.Combine(Root, directory)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public string Read(string file) => File.ReadAllText(Path.Combine(Root, file), Encoding.Latin1);

    public void Write(string file, string text) => File.WriteAllText(Path.Combine(Root, file), text, Encoding.Latin1);

    public void Dispose()
    {
        foreach (IDisposable open in _open)
        {
            open.Dispose();
        }

        Store.Dispose();
        Directory.Delete(Root, true);
    }
}

internal static class MailboxReading
{
    public static uint[] Uids(this MailboxState state) => [.. Enumerable.Range(0, state.Count).Select(i => state.UidAt(i).Value)];

    public static Uid[] AllUids(this MailboxState state) => [.. Enumerable.Range(0, state.Count).Select(state.UidAt)];

    public static string[] KeywordsAt(this MailboxState state, int index) =>
        [.. state.Keywords.Where((_, place) => (state.FlagsAt(index).KeywordBits & (1u << place)) != 0)];

    public static string Wire(this Mailbox mailbox, Uid uid)
    {
        using MessageFile file = mailbox.Open(uid);
        return file.Wire(0, file.WireOctets);
    }

    public static string Wire(this MessageFile file, long skip, long count)
    {
        var sink = new MemorySink();
        file.CopyWire(sink, new(0, 0), new(file.RawOctets, file.WireOctets), skip, count);
        return sink.Text;
    }

    public static MailboxState Flag(this Mailbox mailbox, FlagChangeKind kind, SystemFlags flags, params string[] keywords) =>
        mailbox.ChangeFlags(mailbox.State.AllUids(), new FlagChange(kind, new FlagSet(flags, keywords)));
}

internal sealed class MemorySink : IOctetSink
{
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    public void Write(ReadOnlySpan<byte> octets) => _text.Append(Encoding.Latin1.GetString(octets));
}
