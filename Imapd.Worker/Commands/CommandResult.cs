namespace Imapd.Worker.Commands;

/// <summary>The three ends of a command (RFC 9051 §7.1).</summary>
internal enum ResultKind
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>Understood, but it cannot be.</summary>
    No,

    /// <summary>Not a command, or not now.</summary>
    Bad,
}

/// <summary>What a handler answers; the session writes it with the command's tag.</summary>
/// <param name="Kind">How it ended.</param>
/// <param name="Code">The response code without its brackets; null for none.</param>
/// <param name="Text">For a person.</param>
internal sealed record CommandResult(ResultKind Kind, string? Code, string Text)
{
    /// <summary>OK.</summary>
    public static CommandResult Ok(string text, string? code = null) => new(ResultKind.Ok, code, text);

    /// <summary>NO.</summary>
    public static CommandResult No(string text, string? code = null) => new(ResultKind.No, code, text);

    /// <summary>BAD.</summary>
    public static CommandResult Bad(string text, string? code = null) => new(ResultKind.Bad, code, text);
}
