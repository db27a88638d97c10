using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>One name in a directory.</summary>
/// <param name="Name">The name, octets.</param>
/// <param name="Kind">What it is, as far as the file system says without being asked about each.</param>
internal readonly record struct DirectoryEntry(string Name, FileKind Kind);

/// <summary>Lists directories with getdents64(2): names and kinds, no stat for each.</summary>
internal static class DirectoryReader
{
    private const int BufferOctets = 64 * 1024;
    private const int NameOffset = 19;

    /// <summary>The entries, without <c>.</c> and <c>..</c>, in the file system's order.</summary>
    public static List<DirectoryEntry> Read(DirectoryHandle directory)
    {
        var entries = new List<DirectoryEntry>();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferOctets);
        try
        {
            directory.Rewind();
            int octets;
            while ((octets = directory.ReadEntries(buffer)) > 0)
            {
                Take(buffer.AsSpan(0, octets), entries);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return entries;
    }

    // struct linux_dirent64: u64 inode, s64 offset, u16 length of this entry, u8 type, name ending in NUL.
    private static void Take(ReadOnlySpan<byte> buffer, List<DirectoryEntry> entries)
    {
        while (buffer.Length > NameOffset)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(buffer[16..]);
            ReadOnlySpan<byte> name = buffer[NameOffset..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                entries.Add(new DirectoryEntry(Encoding.Latin1.GetString(name), KindOf(buffer[18])));
            }

            buffer = buffer[length..];
        }
    }

    private static FileKind KindOf(byte type) => type switch
    {
        0 => FileKind.Unknown,
        4 => FileKind.Directory,
        8 => FileKind.Regular,
        10 => FileKind.Link,
        _ => FileKind.Other,
    };
}
