using System.Text;
using Imapd.Storage.Maildir.Native;
using Microsoft.Win32.SafeHandles;

namespace Imapd.Tests.Storage.Crash;

/// <summary>
/// Follows what is certain to be on the disk: of each file what it held at its last fsync, of each directory the names it had
/// at its last fsync. What a power failure may leave is made of this and of any part of the rest.
/// </summary>
/// <remarks>
/// The model: data and names are independent of each other. Changes in one directory reach the disk in their order, those in
/// several directories in any order, a rename reaches both its directories at once, and fsync of a file says nothing of its
/// name. Journalling file systems keep more than that (in ext4, xfs and btrfs the order among directories). What is not
/// modelled: a torn change of a directory, sectors that go bad, and the order of data within one file beyond old, cut off,
/// half and zeros.
/// </remarks>
internal sealed class DiskModel : FaultSeam
{
    private readonly Dictionary<ulong, Node> _nodes = [];
    private readonly List<Change> _changes = [];
    private readonly Node _root;

    public DiskModel(string root)
    {
        _root = Unseen(() => Read(root));
        foreach (Node node in _nodes.Values)
        {
            node.Initial = new Dictionary<string, Node>(node.Names);
        }
    }

    /// <summary>What may be on the disk if the power fails now.</summary>
    public IEnumerable<DiskImage> Images()
    {
        foreach (HashSet<Change> lost in LostSets())
        {
            bool isExtreme = lost.Count == 0 || lost.Count == _changes.Count(static change => !change.IsDurable);
            foreach (DataLoss loss in isExtreme ? Enum.GetValues<DataLoss>() : [DataLoss.Nothing, DataLoss.CutOff])
            {
                yield return Image(lost, loss);
            }
        }
    }

    /// <summary>Lets go of the files.</summary>
    public void Close()
    {
        foreach (Node node in _nodes.Values)
        {
            node.Handle?.Dispose();
        }
    }

    protected override void After(in DiskCall call, nint result)
    {
        if (result == -1 || !call.IsChange)
        {
            return;
        }

        switch (call.Kind)
        {
            case DiskCallKind.Create or DiskCallKind.MakeDirectory or DiskCallKind.Link:
                (Node at, string name) = call.To is null ? Place(call.At!, call.Path) : Place(call.To, call.ToPath);
                if (!at.Names.ContainsKey(name))
                {
                    Add(new Change { Directory = at, AddedName = name, Node = NodeAt(at, name) });
                }

                break;
            case DiskCallKind.Unlink:
                (Node directory, string gone) = Place(call.At!, call.Path);
                Add(new Change { Directory = directory, RemovedFrom = directory, RemovedName = gone, Node = directory.Names[gone] });
                break;
            case DiskCallKind.Rename:
                (Node from, string old) = Place(call.At!, call.Path);
                (Node to, string renamed) = Place(call.To!, call.ToPath);
                Add(new Change { Directory = to, AddedName = renamed, RemovedFrom = from, RemovedName = old, Node = from.Names[old] });
                break;
            case DiskCallKind.SetTimes when Find(call.At!) is { Handle: null } dated:
                Add(new Change { Directory = dated, Node = dated });
                break;
            case DiskCallKind.Sync:
                Sync(Find(call.At!));
                break;
            default:
                break;
        }
    }

    private void Add(Change change)
    {
        if (change.RemovedFrom is { } from)
        {
            _ = from.Names.Remove(change.RemovedName!);
        }

        if (change.AddedName is { } name)
        {
            change.Directory.Names[name] = change.Node;
        }

        change.Times = TimesOf(change.Directory);
        change.TimesOfSource = change.RemovedFrom is { } source ? TimesOf(source) : default;
        _changes.Add(change);
    }

    private void Sync(Node node)
    {
        if (node.Handle is not null)
        {
            node.Durable = node.Octets();
            node.DurableTimes = TimesOf(node);
            return;
        }

        foreach (Change change in _changes.Where(change => change.Directory == node || change.RemovedFrom == node))
        {
            change.IsDurable = true;
        }
    }

    // Nothing lost; in one directory everything from some change on; everything after some moment.
    private IEnumerable<HashSet<Change>> LostSets()
    {
        List<Change> open = [.. _changes.Where(static change => !change.IsDurable)];
        for (int kept = open.Count; kept >= 0; kept--)
        {
            yield return [.. open.Skip(kept)];
        }

        for (int first = 0; first < open.Count - 1; first++)
        {
            HashSet<Node> directories = [open[first].Directory];
            HashSet<Change> lost = [];
            foreach (Change change in open.Skip(first))
            {
                if (directories.Contains(change.Directory) || (change.RemovedFrom is { } from && directories.Contains(from)))
                {
                    _ = lost.Add(change);
                    _ = directories.Add(change.Directory);
                    _ = directories.Add(change.RemovedFrom ?? change.Directory);
                }
            }

            yield return lost;
        }
    }

    private DiskImage Image(HashSet<Change> lost, DataLoss loss)
    {
        Dictionary<Node, Dictionary<string, Node>> names = _nodes.Values.Where(static node => node.Handle is null)
            .ToDictionary(static node => node, static node => new Dictionary<string, Node>(node.Initial));
        Dictionary<Node, Times> times = _nodes.Values.Where(static node => node.Handle is null)
            .ToDictionary(static node => node, static node => node.InitialTimes);
        foreach (Change change in _changes.Where(change => !lost.Contains(change)))
        {
            if (change.RemovedFrom is { } from)
            {
                if (names[from].GetValueOrDefault(change.RemovedName!) == change.Node)
                {
                    _ = names[from].Remove(change.RemovedName!);
                }

                times[from] = change.TimesOfSource;
            }

            if (change.AddedName is { } name)
            {
                names[change.Directory][name] = change.Node;
            }

            times[change.Directory] = change.Times;
        }

        var image = new DiskImage(lost.Count, loss);
        Fill(image, string.Empty, _root, names, times, loss);
        return image;
    }

    private static void Fill(
        DiskImage image,
        string path,
        Node node,
        Dictionary<Node, Dictionary<string, Node>> names,
        Dictionary<Node, Times> times,
        DataLoss loss)
    {
        if (node.Handle is not null)
        {
            byte[] octets = node.After(loss, out bool isAsNow);
            image.Add(new DiskImage.Entry(path, octets, node.Inode, isAsNow ? Unseen(() => TimesOf(node)) : node.DurableTimes, File.GetUnixFileMode(node.Handle)));
            return;
        }

        image.Add(new DiskImage.Entry(path, null, node.Inode, times[node], UnixFileMode.None));
        foreach ((string name, Node child) in names[node].OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            Fill(image, path + "/" + name, child, names, times, loss);
        }
    }

    private Node Find(System.Runtime.InteropServices.SafeHandle handle) =>
        Unseen(() => FileStat.TryGet(handle, string.Empty, true, out FileStat stat) == Errno.None
            ? _nodes[stat.Inode]
            : throw new InvalidOperationException("a descriptor nobody knows"));

    // The directory a path leads to from another one, and the name in it.
    private (Node Directory, string Name) Place(System.Runtime.InteropServices.SafeHandle at, ReadOnlySpan<byte> path)
    {
        Node directory = Find(at);
        string[] names = [.. Text(path).Split('/').Where(static name => name != ".")];
        foreach (string level in names[..^1])
        {
            directory = directory.Names[level];
        }

        return (directory, names[^1]);
    }

    private Node NodeAt(Node directory, string name) => Unseen(() => Read($"/proc/self/fd/{directory.Descriptor.DangerousGetHandle()}/{name}"));

    private Node Read(string path)
    {
        if (DirectoryHandle.TryOpen(Octets.FromText(path), out DirectoryHandle? directory) != Errno.None)
        {
            SafeFileHandle file = File.OpenHandle(path);
            _ = FileStat.TryGet(file, string.Empty, true, out FileStat stat);
            if (_nodes.TryGetValue(stat.Inode, out Node? known))
            {
                file.Dispose();
                return known;
            }

            bool isNew = _root is not null;
            var node = new Node { Inode = stat.Inode, Handle = file, Descriptor = file };
            node.Durable = isNew ? [] : node.Octets();
            node.DurableTimes = TimesOf(node);
            return _nodes[stat.Inode] = node;
        }

        var made = new Node { Inode = directory!.Stat().Inode, Descriptor = directory };
        made.InitialTimes = TimesOf(made);
        _nodes[made.Inode] = made;
        foreach (string child in Directory.EnumerateFileSystemEntries(path))
        {
            made.Names[Octets.FromText(Path.GetFileName(child))] = Read(child);
        }

        return made;
    }

    private static Times TimesOf(Node node) => Unseen(() =>
    {
        _ = FileStat.TryGet(node.Descriptor, string.Empty, true, out FileStat stat);
        return new Times(stat.ModifiedNanoseconds, stat.ChangedNanoseconds);
    });

    private static string Text(ReadOnlySpan<byte> path) => Encoding.Latin1.GetString(path).TrimEnd('\0');

    /// <summary>A file or a directory, whatever its names; held open, so that its number is not given again.</summary>
    private sealed class Node
    {
        public required ulong Inode { get; init; }

        public required System.Runtime.InteropServices.SafeHandle Descriptor { get; init; }

        /// <summary>Null for a directory.</summary>
        public SafeFileHandle? Handle { get; init; }

        public byte[] Durable { get; set; } = [];

        public Times DurableTimes { get; set; }

        public Times InitialTimes { get; set; }

        public Dictionary<string, Node> Names { get; } = [];

        public Dictionary<string, Node> Initial { get; set; } = [];

        public byte[] Octets()
        {
            byte[] octets = new byte[RandomAccess.GetLength(Handle!)];
            _ = RandomAccess.Read(Handle!, octets, 0);
            return octets;
        }

        public byte[] After(DataLoss loss, out bool isAsNow)
        {
            byte[] now = Octets();
            isAsNow = loss == DataLoss.Nothing || now.AsSpan().SequenceEqual(Durable);
            if (isAsNow || loss == DataLoss.CutOff)
            {
                return isAsNow ? now : Durable;
            }

            int kept = Math.Min(Durable.Length, now.Length);
            byte[] left = loss == DataLoss.Half ? now[..(kept + ((now.Length - kept) / 2))] : new byte[now.Length];
            Durable.AsSpan(0, kept).CopyTo(left);
            return left;
        }
    }

    /// <summary>One change of names, or of a directory's times.</summary>
    private sealed class Change
    {
        public required Node Directory { get; init; }

        public required Node Node { get; init; }

        public string? AddedName { get; init; }

        public Node? RemovedFrom { get; init; }

        public string? RemovedName { get; init; }

        public bool IsDurable { get; set; }

        public Times Times { get; set; }

        public Times TimesOfSource { get; set; }
    }
}
