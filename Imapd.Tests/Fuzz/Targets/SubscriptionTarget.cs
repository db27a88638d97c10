using Imapd.Protocol.Values;
using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Tests.Fuzz.Targets;

/// <summary>The subscriptions in both versions and layouts: what is added is there, what is removed is not, odd lines stay.</summary>
internal sealed class SubscriptionTarget : FuzzTarget
{
    private readonly DirectoryHandle _root;
    private readonly TreeLayout[] _layouts;

    public SubscriptionTarget()
    {
        DirectoryHandle.TryOpen("/", out DirectoryHandle? root);
        _root = root!;
        _layouts = [new MaildirPlusPlusLayout(_root), new FsLayout(_root)];
    }

    public override string Name => "subscriptions";

    public override int MaxInputOctets => 8192;

    public override IReadOnlyList<string> Dictionary { get; } =
        ["V\t2\n\n", "V\t", "INBOX\n", "a.b\n", "a/b\n", "a\tb\n", "\u0001t", "\u0001" + "0", "\u0001n", "&AOk-", "\u00c3\u00a9", "..", "/", ".", "\t", "\n", "\0"];

    public override IEnumerable<byte[]> Seeds { get; } =
        [.. new[] { "V\t2\n\nINBOX\nLists\timap\nEntw&APw-rfe\n", "INBOX\nLists.imap\nSent\n", "", "V\t2\n\na\u0001tb\n..\n\t\n", "V\t3\nx\n", "Entw\u00c3\u00bcrfe\na/b\n" }.Select(Latin1)];

    // Every name is made of its line several times.
    public override long MaxAllocatedOctets(int inputOctets) => (1 << 20) + (4000L * inputOctets);

    public override object? Exercise(byte[] input) =>
        _layouts.Select(layout =>
        {
            SubscriptionFile file = SubscriptionFile.Parse(layout, Latin1(input));
            return (layout, file, Names: file.Names.ToArray());
        }).ToArray();

    public override string Check(byte[] input, object? result)
    {
        string way = "";
        foreach ((TreeLayout layout, SubscriptionFile file, MailboxName[] names) in ((TreeLayout, SubscriptionFile, MailboxName[])[])result!)
        {
            string[] odd = [.. file.OddLines];
            Require(
                SubscriptionFile.Parse(layout, file.ToText()).Names.SequenceEqual(names), () => $"written as {file.ToText()}");
            MailboxName added = Storage.TestTree.Name("new/Entw\u00fcrfe");
            bool isNew = file.Add(added);
            Require(isNew == !names.Contains(added), () => "added twice");
            Require(SubscriptionFile.Parse(layout, file.ToText()).Names.Contains(added), () => $"added to {file.ToText()}");
            foreach (MailboxName name in names.Append(added))
            {
                Require(file.Remove(name) && !file.Names.Contains(name), () => $"{name} stays");
            }

            Require(file.OddLines.SequenceEqual(odd), () => "other lines are lost");
            way += $"{Math.Min(names.Length, 5)} {Math.Min(odd.Length, 3)} ";
        }

        return way;
    }

    public override void Dispose()
    {
        _root.Dispose();
        base.Dispose();
    }
}
