namespace Imapd.Protocol.Mime;

/// <summary>
/// The boundaries of the multiparts that are open, walked octet by octet along a line: what a line costs does not depend
/// on how many are open, nor is the line kept.
/// </summary>
internal sealed class BoundaryTrie
{
    /// <summary>The node where every walk starts.</summary>
    public const int Root = 0;

    // A node's first child is in the node, where most walks find it; these are the others.
    private readonly Dictionary<long, int> _otherChildren = [];
    private readonly List<Node> _nodes = [new Node()];
    private readonly Stack<int> _free = new();
    private int _users;

    /// <summary>Whether no boundary is there.</summary>
    public bool IsEmpty => _users == 0;

    /// <summary>The node one octet further, or -1: no boundary goes on like this.</summary>
    public int Step(int node, byte octet)
    {
        Node from = _nodes[node];
        if (from.FirstChild >= 0 && from.FirstOctet == octet)
        {
            return from.FirstChild;
        }

        return from.HasOthers ? _otherChildren.GetValueOrDefault(Key(node, octet), -1) : -1;
    }

    /// <summary>The level of the innermost open multipart whose boundary ends at this node, or -1.</summary>
    public int LevelAt(int node) => _nodes[node].Level;

    /// <summary>Adds the boundary of a multipart that is now the innermost.</summary>
    public void Add(ReadOnlySpan<byte> boundary, int level)
    {
        _users++;
        int node = Root;
        foreach (byte octet in boundary)
        {
            int next = Step(node, octet);
            if (next < 0)
            {
                if (!_free.TryPop(out next))
                {
                    next = _nodes.Count;
                    _nodes.Add(new Node());
                }

                AddChild(node, octet, next);
            }

            _nodes[next].Users++;
            node = next;
        }

        Node last = _nodes[node];
        if (last.Level >= 0)
        {
            (last.OuterLevels ??= new Stack<int>()).Push(last.Level);
        }

        last.Level = level;
    }

    /// <summary>Removes the boundary that was added last among the equal ones.</summary>
    public void Remove(ReadOnlySpan<byte> boundary)
    {
        _users--;
        int node = Root;
        foreach (byte octet in boundary)
        {
            int next = Step(node, octet);
            if (--_nodes[next].Users == 0)
            {
                RemoveChild(node, octet);
                _free.Push(next);
            }

            node = next;
        }

        Node last = _nodes[node];
        last.Level = last.OuterLevels is { Count: > 0 } outer ? outer.Pop() : -1;
    }

    private static long Key(int node, byte octet) => ((long)node << 8) | octet;

    private void AddChild(int node, byte octet, int child)
    {
        Node parent = _nodes[node];
        if (parent.FirstChild < 0)
        {
            (parent.FirstOctet, parent.FirstChild) = (octet, child);
        }
        else
        {
            parent.HasOthers = true;
            _otherChildren[Key(node, octet)] = child;
        }
    }

    private void RemoveChild(int node, byte octet)
    {
        Node parent = _nodes[node];
        if (parent.FirstChild >= 0 && parent.FirstOctet == octet)
        {
            parent.FirstChild = -1;
        }
        else
        {
            _otherChildren.Remove(Key(node, octet));
        }
    }

    private sealed class Node
    {
        public int Users { get; set; }

        public byte FirstOctet { get; set; }

        public int FirstChild { get; set; } = -1;

        public bool HasOthers { get; set; }

        public int Level { get; set; } = -1;

        // Of multiparts whose boundary is the same: few messages have any.
        public Stack<int>? OuterLevels { get; set; }
    }
}
