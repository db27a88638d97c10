using Imapd.Master.Configuration;
using Imapd.Master.Native;
using Microsoft.Win32.SafeHandles;

namespace Imapd.Master.Tls;

/// <summary>A file that is to hold a certificate or a key.</summary>
/// <param name="What">What it is to hold.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Place">File and line that name it; null: the command line.</param>
internal sealed record PemFile(string What, string Path, string? Place)
{
    private const int MaxOctets = 1 << 20;

    /// <summary>All of it. Takes <see cref="MaxOctets"/> of memory at most, whatever it is, and waits for nobody.</summary>
    /// <exception cref="UsageException">It is not there, may not be read, is no regular file, or too large.</exception>
    public string Read()
    {
        using SafeFileHandle? handle = RegularFile.TryOpen(Path, out _, out string? problem);
        if (handle is null)
        {
            throw Refuse($"the {What} file {Path} cannot be read: {problem}");
        }
        try
        {
            using var file = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            byte[] octets = new byte[MaxOctets + 1]; // its size is not asked: it may grow, and files of the kernel say 0
            int length = file.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false);
            using var text = new StreamReader(new MemoryStream(octets, 0, length));
            return length <= MaxOctets ? text.ReadToEnd() : throw Refuse($"the {What} file {Path} is too large to be one");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refuse($"the {What} file {Path} cannot be read: {error.Message}");
        }
    }

    /// <summary>A complaint about it, with the place that names it.</summary>
    public UsageException Refuse(string text) => new(Place is null ? text : $"{Place}: {text}");
}
