using System.Text;
using Imapd.Protocol.Normalization;

namespace Imapd.Worker.Search;

/// <summary>A string that SEARCH looks for.</summary>
/// <param name="Folded">As <see cref="Casemap"/> folds it.</param>
/// <param name="Scope"><see cref="TextScope.Body"/> for BODY, <see cref="TextScope.Both"/> for TEXT.</param>
internal sealed record Needle(string Folded, TextScope Scope)
{
    /// <summary>The same in octets; null when there is something else than ASCII in it, which no text in ASCII has.</summary>
    public byte[]? Octets { get; } = Ascii.IsValid(Folded) ? Encoding.ASCII.GetBytes(Folded) : null;

    /// <summary>Whether there is a line end in it, or half of one.</summary>
    public bool HasLineEnd { get; } = Folded.AsSpan().ContainsAny('\r', '\n');
}

/// <summary>The two kinds of text in a message, which BODY and TEXT tell apart (RFC 9051 §6.4.4).</summary>
[Flags]
internal enum TextScope
{
    /// <summary>The message's header and the MIME headers of its parts: TEXT only.</summary>
    Headers = 1,

    /// <summary>Texts, and the headers of messages inside the message: BODY and TEXT.</summary>
    Body = 2,

    /// <summary>Everything.</summary>
    Both = Headers | Body,
}
