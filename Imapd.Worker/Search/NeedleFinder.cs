namespace Imapd.Worker.Search;

/// <summary>
/// Looks for several strings at once in texts that arrive in pieces, without regard to case. A match may lie across
/// pieces, not across texts.
/// </summary>
/// <remarks>Memory: the longest string looked for and 8192 characters, whatever the length of the text.</remarks>
internal sealed class NeedleFinder
{
    private const int FreshCharacters = 8192;

    private readonly IReadOnlyList<Needle> _needles;
    private readonly bool[] _isFound;
    private readonly char[] _window;
    private readonly int _overlap;
    private int _filled;
    private int _searched;
    private TextScope _scope;

    /// <summary>Prepares to look for <paramref name="needles"/>, at least one.</summary>
    public NeedleFinder(IReadOnlyList<Needle> needles)
    {
        _needles = needles;
        _isFound = new bool[needles.Count];
        _overlap = Math.Max(0, needles.Max(needle => needle.Folded.Length) - 1);
        _window = new char[_overlap + FreshCharacters];
    }

    /// <summary>Whether nothing is left to look for in the message.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Whether a needle was found in the message so far.</summary>
    public bool IsFound(int needle) => _isFound[needle];

    /// <summary>A new message: nothing is found yet.</summary>
    public void BeginMessage()
    {
        Array.Clear(_isFound);
        IsDone = false;
        BeginText(TextScope.Both);
    }

    /// <summary>Another text of the message: what came before ends here.</summary>
    /// <param name="scope">Which needles may be found in it.</param>
    public void BeginText(TextScope scope)
    {
        Search();
        _filled = 0;
        _searched = 0;
        _scope = scope;
    }

    /// <summary>The text goes on.</summary>
    public void Offer(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && !IsDone)
        {
            _filled += Casemap.Fold(text, _window.AsSpan(_filled), out int consumed);
            text = text[consumed..];
            if (_window.Length - _filled < Casemap.MaxGrowth)
            {
                Search();
                int keep = Math.Min(_overlap, _filled);
                _window.AsSpan(_filled - keep, keep).CopyTo(_window);
                _filled = keep;
                _searched = keep;
            }
        }
    }

    /// <summary>The last text of the message is whole.</summary>
    public void EndMessage() => BeginText(TextScope.Both);

    private void Search()
    {
        if (_searched == _filled || IsDone)
        {
            return;
        }

        bool isDone = true;
        for (int i = 0; i < _needles.Count; i++)
        {
            if (_isFound[i])
            {
                continue;
            }

            Needle needle = _needles[i];
            if ((needle.Scope & _scope) != 0)
            {
                int from = Math.Max(0, _searched - needle.Folded.Length + 1);
                _isFound[i] = _window.AsSpan(from, _filled - from).IndexOf(needle.Folded, StringComparison.Ordinal) >= 0;
            }

            isDone &= _isFound[i];
        }

        _searched = _filled;
        IsDone = isDone;
    }
}
