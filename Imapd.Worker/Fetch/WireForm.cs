using Imapd.Protocol.Fetch;
using Imapd.Protocol.Mime;
using Imapd.Protocol.Wire;
using Imapd.Storage.Maildir.Cache;

namespace Imapd.Worker.Fetch;

/// <summary>ENVELOPE, BODYSTRUCTURE or BODY of one message after another, as it is sent: remembered, or made.</summary>
/// <param name="item">Which of them.</param>
/// <param name="utf8">Whether the client may be sent UTF-8 in quoted strings.</param>
internal sealed class WireForm(FetchItem item, bool utf8)
{
    // As much as the cache takes; what is larger is made in the response itself.
    private readonly CaptureSink _made = new(60 * 1024);

    private readonly CacheKind _kind = item switch
    {
        EnvelopeItem => CacheKind.Envelope,
        BodyStructureItem { Extended: true } => CacheKind.BodyStructure,
        _ => CacheKind.Body,
    };

    private ResponseWriter? _writer;
    private ReadOnlyMemory<byte> _octets;
    private bool _isSameInAllModes;

    /// <summary>Whether <see cref="Octets"/> is the form; if not, it is too large to be held.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Whether it was made, and is not remembered yet.</summary>
    public bool IsNew { get; private set; }

    /// <summary>The form.</summary>
    public ReadOnlySpan<byte> Octets => _octets.Span;

    /// <summary>What it is remembered as.</summary>
    public CacheKind KindOfNew => _isSameInAllModes ? _kind : KindOfMode;

    // The two kinds behind each are those with UTF-8 and without.
    private CacheKind KindOfMode => _kind + (utf8 ? 1 : 2);

    /// <summary>Looks whether it is remembered.</summary>
    public bool TryRecall(CachedMessage message)
    {
        IsNew = false;
        IsHeld = message.TryGetMemory(_kind, out _octets) || message.TryGetMemory(KindOfMode, out _octets);
        return IsHeld;
    }

    /// <summary>Makes an ENVELOPE.</summary>
    /// <param name="header">The header, or what is remembered of it.</param>
    public void MakeEnvelope(ReadOnlyMemory<byte> header)
    {
        Envelope.Write(Begin(), header);
        End(isSameInAllModes: true);
    }

    /// <summary>Makes a BODYSTRUCTURE or BODY.</summary>
    /// <param name="message">The message with its headers.</param>
    public void MakeStructure(MimeEntity message)
    {
        BodyStructure.Write(Begin(), message, _kind == CacheKind.BodyStructure);
        End(isSameInAllModes: !message.HasGlobal());
    }

    private ResponseWriter Begin()
    {
        _made.Reset();
        return _writer ??= new ResponseWriter(_made) { Utf8 = utf8 };
    }

    private void End(bool isSameInAllModes)
    {
        _writer!.Flush();
        IsHeld = IsNew = _made.IsWhole;
        _octets = _made.IsWhole ? _made.Octets : default;
        _isSameInAllModes = isSameInAllModes && System.Text.Ascii.IsValid(Octets);
    }
}
