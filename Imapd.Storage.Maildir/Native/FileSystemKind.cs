using System.Runtime.InteropServices;

namespace Imapd.Storage.Maildir.Native;

/// <summary>Whether times on a file system come from this host's clock.</summary>
internal static class FileSystemKind
{
    // f_type of statfs(2): NFS, SMB (three of them), CEPH, 9P, FUSE, AFS, LUSTRE.
    private static ReadOnlySpan<uint> Remote =>
        [0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x00c36400, 0x01021997, 0x65735546, 0x5346414f, 0x0bd00bd0];

    /// <summary>Whether other hosts may change it, with their clocks.</summary>
    /// <param name="file">A file or directory on it.</param>
    public static bool IsRemote(SafeHandle file)
    {
        Span<byte> result = stackalloc byte[256];
        return Libc.fstatfs(file, result) == 0 && Remote.Contains(MemoryMarshal.Read<uint>(result));
    }
}
