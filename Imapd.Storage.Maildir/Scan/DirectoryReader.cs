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
        ReadEach(directory, (name, kind) => entries.Add(new DirectoryEntry(Encoding.Latin1.GetString(name), kind)));
        return entries;
    }

    /// <summary>The same without memory for each.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="take">Called for each entry: its name, octets valid until it returns, and what it is.</param>
    public static void ReadEach(DirectoryHandle directory, Action<ReadOnlySpan<byte>, FileKind> take)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferOctets);
        try
        {
            directory.Rewind();
            int octets;
            while ((octets = directory.ReadEntries(buffer)) > 0)
            {
                Take(buffer.AsSpan(0, octets), take);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // struct linux_dirent64: u64 inode, s64 offset, u16 length of this entry, u8 type, name ending in NUL.
    private static void Take(ReadOnlySpan<byte> buffer, Action<ReadOnlySpan<byte>, FileKind> take)
    {
        while (buffer.Length > NameOffset)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(buffer[16..]);
            ReadOnlySpan<byte> name = buffer[NameOffset..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                take(name, KindOf(buffer[18]));
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
