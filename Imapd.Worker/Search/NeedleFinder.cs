using System.Text;
using Imapd.Protocol.Normalization;

namespace Imapd.Worker.Search;

/// <summary>
/// Looks for several strings at once in texts that arrive in pieces, without regard to case. A match may lie across
/// pieces, not across texts.
/// </summary>
/// <remarks>
/// Memory: the longest string looked for and 8192 characters, whatever the length of the text. As long as a text is ASCII it is
/// looked through as octets: folding is then what capitals are, and no character has to be made.
/// </remarks>
internal sealed class NeedleFinder
{
    private const int FreshCharacters = 8192;

    private readonly IReadOnlyList<Needle> _needles;
    private readonly bool[] _isFound;
    private readonly byte[] _octets;
    private readonly int _overlap;
    private char[] _characters = [];
    private bool _isWide;
    private char _half;
    private int _filled;
    private int _searched;
    private TextScope _scope;

    /// <summary>Prepares to look for <paramref name="needles"/>, at least one, none of them empty.</summary>
    public NeedleFinder(IReadOnlyList<Needle> needles)
    {
        _needles = needles;
        _isFound = new bool[needles.Count];
        _overlap = Math.Max(0, needles.Max(needle => needle.Folded.Length) - 1);
        _octets = new byte[_overlap + FreshCharacters];
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

    /// <summary>Whether anything that is not found yet may be in a text of this kind.</summary>
    public bool Wants(TextScope scope)
    {
        for (int i = 0; i < _needles.Count; i++)
        {
            if (!_isFound[i] && (_needles[i].Scope & scope) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Another text of the message: what came before ends here.</summary>
    /// <param name="scope">Which needles may be found in it.</param>
    public void BeginText(TextScope scope)
    {
        Search();
        _filled = 0;
        _searched = 0;
        _isWide = false;
        _half = '\0';
        _scope = scope;
    }

    /// <summary>The text goes on with octets in ASCII.</summary>
    /// <returns>False when they are not, or what came before was not: then nothing was taken.</returns>
    public bool TryOffer(ReadOnlySpan<byte> ascii)
    {
        if (_isWide || !Ascii.IsValid(ascii))
        {
            return false;
        }

        while (!ascii.IsEmpty && !IsDone)
        {
            int taken = Math.Min(ascii.Length, _octets.Length - _filled);
            Ascii.ToUpper(ascii[..taken], _octets.AsSpan(_filled), out _);
            _filled += taken;
            ascii = ascii[taken..];
            if (_filled == _octets.Length)
            {
                Search();
                _octets.AsSpan(_filled - _overlap, _overlap).CopyTo(_octets);
                _filled = _searched = _overlap;
            }
        }

        return true;
    }

    /// <summary>The text goes on.</summary>
    public void Offer(ReadOnlySpan<char> text)
    {
        if (!_isWide)
        {
            Widen();
        }

        // A character of another plane is two, and a piece may end between them.
        if (_half != '\0' && !text.IsEmpty)
        {
            Take([_half, text[0]]);
            text = text[1..];
            _half = '\0';
        }

        if (!text.IsEmpty && char.IsHighSurrogate(text[^1]))
        {
            _half = text[^1];
            text = text[..^1];
        }

        Take(text);
    }

    private void Take(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty && !IsDone)
        {
            _filled += Casemap.Fold(text, _characters.AsSpan(_filled), out int consumed);
            text = text[consumed..];
            if (_characters.Length - _filled < Casemap.MaxGrowth)
            {
                Search();
                int keep = Math.Min(_overlap, _filled);
                _characters.AsSpan(_filled - keep, keep).CopyTo(_characters);
                _filled = keep;
                _searched = keep;
            }
        }
    }

    /// <summary>The last text of the message is whole.</summary>
    public void EndMessage() => BeginText(TextScope.Both);

    // From here on the text is more than ASCII. What was kept of it is folded already.
    private void Widen()
    {
        if (_characters.Length == 0)
        {
            _characters = new char[_octets.Length + Casemap.MaxGrowth];
        }

        Encoding.ASCII.GetChars(_octets.AsSpan(0, _filled), _characters);
        _isWide = true;
    }

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
                _isFound[i] = _isWide
                    ? _characters.AsSpan(from, _filled - from).IndexOf(needle.Folded, StringComparison.Ordinal) >= 0
                    : needle.Octets is { } octets && _octets.AsSpan(from, _filled - from).IndexOf(octets) >= 0;
            }

            isDone &= _isFound[i];
        }

        _searched = _filled;
        IsDone = isDone;
    }
}
