using Imapd.Storage.Maildir.Watch;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>The names that a change of ours took away and brought: what the kernel tells of them is no news.</summary>
internal sealed class OwnRenames
{
    private readonly List<(bool IsInNew, string Name, bool IsThere)> _names = [];

    /// <summary>Whether <c>new/</c> is another than before.</summary>
    public bool HasTouchedNew { get; private set; }

    /// <summary>Whether <c>cur/</c> is another than before.</summary>
    public bool HasTouchedCur { get; private set; }

    /// <summary>Whether files were renamed of which the index has not heard.</summary>
    public bool IsDisturbed { get; private set; }

    /// <summary>Whether nothing was touched.</summary>
    public bool IsEmpty => !HasTouchedNew && !HasTouchedCur;

    /// <summary>How many names are kept.</summary>
    public int Count => _names.Count;

    /// <summary>A file was renamed.</summary>
    public void Rename(bool wasInNew, string from, bool isInNew, string to)
    {
        Note(wasInNew, from, isThere: false);
        Note(isInNew, to, isThere: true);
    }

    /// <summary>A name came or went.</summary>
    public void Note(bool isInNew, string name, bool isThere)
    {
        HasTouchedNew |= isInNew;
        HasTouchedCur |= !isInNew;
        _names.Add((isInNew, name, isThere));
    }

    /// <summary>Files were renamed of which the index has not heard: neither directory's stamp is to be believed.</summary>
    public void Disturb() => IsDisturbed = HasTouchedNew = HasTouchedCur = true;

    /// <summary>Forgets the names kept: nobody tells anything of them.</summary>
    public void Forget() => _names.Clear();

    /// <summary>Strikes out the names kept from what the kernel told so far.</summary>
    /// <returns>False when others were at work in the directories that were touched; what they did stays with the watch.</returns>
    public bool IsAllThatHappened(MailboxWatch watch)
    {
        WatchedChanges? told = watch.Take();
        if (told is not null)
        {
            foreach ((bool isInNew, string name, bool isThere) in _names)
            {
                told.Explain(isInNew, name, isThere);
            }

            if (!told.IsEmpty)
            {
                watch.Return(told);
            }
        }

        _names.Clear();
        return !IsDisturbed && (told is null
            || !(told.IsIncomplete || (HasTouchedNew && told.New.Count > 0) || (HasTouchedCur && told.Cur.Count > 0)));
    }
}
