using Microsoft.Win32.SafeHandles;

namespace Imapd.Storage.Maildir.Native;

/// <summary>Pages of a file, or of nothing, in memory (mmap(2)).</summary>
/// <remarks>
/// They are unmapped when nobody can reach this object any more, and not before: whoever reads through
/// <see cref="Address"/> keeps it alive until the read is done. A program that cuts a file while it is mapped ends the
/// process with SIGBUS; nothing here ever cuts a part of a file that may be mapped, and whose file it is, his is the process.
/// </remarks>
internal sealed class MappedMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly bool _isPrivate;

    private MappedMemory(nint address, long octets, bool isPrivate)
        : base(ownsHandle: true)
    {
        Octets = octets;
        _isPrivate = isPrivate;
        SetHandle(address);
        if (isPrivate)
        {
            GC.AddMemoryPressure(octets);
        }
    }

    /// <summary>How much of it there is.</summary>
    public long Octets { get; }

    /// <summary>Where it begins.</summary>
    public unsafe byte* Address => (byte*)handle;

    /// <summary>Maps the beginning of a file for reading.</summary>
    /// <param name="file">The file; it may be closed afterwards.</param>
    /// <param name="octets">How much; at least 1, and no more than the file has.</param>
    public static MappedMemory OfFile(FileHandle file, long octets) => Checked(
        Libc.mmap(0, (nuint)octets, Libc.PROT_READ, Libc.MAP_SHARED, file, 0), octets, isPrivate: false);

    /// <summary>Memory that is all zero; it costs what is touched of it.</summary>
    /// <param name="octets">How much; at least 1.</param>
    public static MappedMemory OfNothing(long octets) => Checked(
        Libc.mmap(
            0, (nuint)octets, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE, -1, 0),
        octets,
        isPrivate: true);

    /// <inheritdoc />
    protected override bool ReleaseHandle()
    {
        if (_isPrivate)
        {
            GC.RemoveMemoryPressure(Octets);
        }

        return Libc.munmap(handle, (nuint)Octets) == 0;
    }

    private static MappedMemory Checked(nint address, long octets, bool isPrivate) =>
        address == -1 ? throw UnixException.FromLastError("mmap", "index") : new MappedMemory(address, octets, isPrivate);
}
