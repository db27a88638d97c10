namespace Imapd.Master.Supervision;

/// <summary>
/// All sessions. Of those without login only so many are kept: one more pushes out the oldest, so that idle strangers
/// cannot keep others from logging in.
/// </summary>
internal sealed class SessionTable(int maxUnauthenticated)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Session> _all = [];
    private readonly LinkedList<Session> _unauthenticated = new();
    private readonly Dictionary<Session, LinkedListNode<Session>> _nodes = [];

    public IReadOnlyList<Session> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>Adds a session without login; gives the one that has to go for it, if any.</summary>
    public Session? Add(Session session)
    {
        lock (_lock)
        {
            Session? oldest = _unauthenticated.Count >= maxUnauthenticated ? _unauthenticated.First!.Value : null;
            if (oldest is not null)
            {
                Forget(oldest);
            }
            _all.Add(session);
            _nodes.Add(session, _unauthenticated.AddLast(session));
            return oldest;
        }
    }

    /// <summary>The session has logged in.</summary>
    public void Authenticated(Session session)
    {
        lock (_lock)
        {
            Forget(session);
        }
    }

    public void Remove(Session session)
    {
        lock (_lock)
        {
            Forget(session);
            _all.Remove(session);
        }
    }

    private void Forget(Session session)
    {
        if (_nodes.Remove(session, out LinkedListNode<Session>? node))
        {
            _unauthenticated.Remove(node);
        }
    }
}
