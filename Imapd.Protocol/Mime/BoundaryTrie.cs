namespace Imapd.Protocol.Mime;

/// <summary>
/// The boundaries of the multiparts that are open, walked octet by octet along a line: what a line costs does not depend
/// on how many are open, nor is the line kept.
/// </summary>
internal sealed class BoundaryTrie
{
    /// <summary>The node where every walk starts.</summary>
    public const int Root = 0;

    private readonly Dictionary<(int Node, byte Octet), int> _children = [];
    private readonly List<Node> _nodes = [new Node()];
    private readonly Stack<int> _free = new();

    /// <summary>The node one octet further, or -1: no boundary goes on like this.</summary>
    public int Step(int node, byte octet) => _children.GetValueOrDefault((node, octet), -1);

    /// <summary>The level of the innermost open multipart whose boundary ends at this node, or -1.</summary>
    public int LevelAt(int node) => _nodes[node].Levels.TryPeek(out int level) ? level : -1;

    /// <summary>Adds the boundary of a multipart that is now the innermost.</summary>
    public void Add(ReadOnlySpan<byte> boundary, int level)
    {
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

                _children[(node, octet)] = next;
            }

            _nodes[next].Users++;
            node = next;
        }

        _nodes[node].Levels.Push(level);
    }

    /// <summary>Removes the boundary that was added last among the equal ones.</summary>
    public void Remove(ReadOnlySpan<byte> boundary)
    {
        int node = Root;
        foreach (byte octet in boundary)
        {
            int next = Step(node, octet);
            if (--_nodes[next].Users == 0)
            {
                _children.Remove((node, octet));
                _free.Push(next);
            }

            node = next;
        }

        _nodes[node].Levels.Pop();
    }

    private sealed class Node
    {
        public int Users { get; set; }

        public Stack<int> Levels { get; } = new();
    }
}
