using System.Diagnostics.CodeAnalysis;

namespace Imapd.Storage.Maildir.Layout;

/// <summary>Takes two file names for the same when they are the same message, whatever flags they bear.</summary>
internal sealed class BaseNameComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<char>, string>
{
    /// <summary>The comparer.</summary>
    public static BaseNameComparer Instance { get; } = new();

    /// <inheritdoc />
    public bool Equals(string? x, string? y) => MessageName.Base(x).SequenceEqual(MessageName.Base(y));

    /// <inheritdoc />
    public bool Equals(ReadOnlySpan<char> alternate, string other) => MessageName.Base(alternate).SequenceEqual(MessageName.Base(other));

    /// <inheritdoc />
    public int GetHashCode([DisallowNull] string obj) => string.GetHashCode(MessageName.Base(obj));

    /// <inheritdoc />
    public int GetHashCode(ReadOnlySpan<char> alternate) => string.GetHashCode(MessageName.Base(alternate));

    /// <inheritdoc />
    public string Create(ReadOnlySpan<char> alternate) => alternate.ToString();
}
