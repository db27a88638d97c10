using System.Text;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Index;

/// <summary>Files that are read whole and only ever replaced whole.</summary>
internal static class SmallFile
{
    /// <summary>Reads a file; null when there is none.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="maxOctets">More than this is refused before memory is taken.</param>
    public static byte[]? Read(DirectoryHandle directory, string name, long maxOctets)
    {
        Errno error = directory.TryOpenFile(name, Libc.O_RDONLY, out FileHandle? file);
        if (error == Errno.ENOENT)
        {
            return null;
        }

        if (error != Errno.None)
        {
            throw new UnixException("openat", name, error);
        }

        using (file)
        {
            FileStat stat = file!.Stat();
            if (stat.Kind != FileKind.Regular || stat.Octets > maxOctets)
            {
                throw new StoreException(StoreError.Corruption, $"{name} is no file of a sensible size");
            }

            byte[] text = new byte[stat.Octets];
            int read = file.Read(0, text);
            return read == text.Length ? text : text[..read];
        }
    }

    /// <summary>
    /// Replaces a file. The caller holds the lock that guards it. When this returns, the new text survives a power failure;
    /// before, the old one is there.
    /// </summary>
    /// <remarks>
    /// Power fails after step
    ///   1: a temporary file beside the old one, overwritten the next time;
    ///   2: as 1, complete;
    ///   3: the old file or the new one, each whole;
    ///   4: the new one.
    /// </remarks>
    public static void Replace(DirectoryHandle directory, string name, string octets)
    {
        byte[] text = Encoding.Latin1.GetBytes(octets);
        Replace(directory, name, file => file.Write(0, text));
    }

    /// <summary>The same, written piece by piece.</summary>
    public static void Replace(DirectoryHandle directory, string name, Action<FileHandle> write)
    {
        string temporary = name + ".tmp";
        try
        {
            using (FileHandle file = directory.OpenFile(temporary, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_TRUNC))
            {
                write(file); // 1
                file.Sync(); // 2
            }

            Errno error = directory.TryRename(temporary, directory, name); // 3
            if (error != Errno.None)
            {
                throw new UnixException("renameat2", name, error);
            }
        }
        catch (UnixException)
        {
            directory.TryUnlink(temporary);
            throw;
        }

        directory.Sync(); // 4
    }
}
