namespace Imapd.Worker.Search;

/// <summary>A string that SEARCH looks for in whole messages.</summary>
/// <param name="Folded">As <see cref="Casemap"/> folds it, not empty.</param>
/// <param name="Scope"><see cref="TextScope.Body"/> for BODY, <see cref="TextScope.Both"/> for TEXT.</param>
internal sealed record Needle(string Folded, TextScope Scope);

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
