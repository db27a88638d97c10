using System.Globalization;
using System.Text;

namespace Imapd.Tests.Stress.Model;

/// <summary>A message's content, by which it is known wherever it goes.</summary>
/// <param name="id">In its subject; no other message has it, but its copies.</param>
/// <param name="lines">How many lines the body has.</param>
/// <param name="isPrecious">See <see cref="IsPrecious"/>.</param>
internal sealed class MessageToken(string id, int lines, bool isPrecious)
{
    private volatile bool _isPrecious = isPrecious;

    public string Id { get; } = id;

    /// <summary>Nobody ever marks it \Deleted or deletes its file: it must never be lost.</summary>
    public bool IsPrecious => _isPrecious;

    /// <summary>There are too many that must not be lost: this may be, from now on.</summary>
    public void Retire() => _isPrecious = false;

    /// <summary>As it is sent.</summary>
    public string Wire()
    {
        var text = new StringBuilder(200 + (lines * 24));
        text.Append(CultureInfo.InvariantCulture, $"From: Stress <stress@example.org>\r\nTo: you@example.org\r\nSubject: {Id}\r\n");
        text.Append(CultureInfo.InvariantCulture, $"Message-ID: <{Id}@stress.example.org>\r\nDate: Sat, 21 Nov 2026 05:00:00 +0000\r\n\r\n");
        for (int line = 0; line < lines; line++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Id} line {line}\r\n");
        }

        return text.ToString();
    }

    /// <summary>As a delivery agent writes it.</summary>
    public string OnDisk() => Wire().Replace("\r\n", "\n", StringComparison.Ordinal);
}
