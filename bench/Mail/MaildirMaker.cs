using System.Buffers;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Imapd.Tests.EndToEnd.Harness;

namespace Imapd.Bench.Mail;

/// <summary>Writes Maildirs, the same octets under the same names each time.</summary>
/// <param name="owner">Whose they are.</param>
internal sealed partial class MaildirMaker(SystemUser owner)
{
    public delegate ReadOnlySpan<byte> Maker(ArrayBufferWriter<byte> buffer, int number, int count);

    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersDirectory = OwnersOnly | UnixFileMode.UserExecute;

    /// <summary>Names per file where many names share one; ext4 allows 65 000.</summary>
    private const int LinksPerFile = 5_000;

    /// <summary>Replaces a mailbox by one of these messages, all in cur/.</summary>
    public void Write(string directory, int count, Maker make)
    {
        MakeEmpty(directory);
        var buffer = new ArrayBufferWriter<byte>();
        for (int number = 0; number < count; number++)
        {
            WriteFile(directory, number, count, make(buffer, number, count));
        }
    }

    /// <summary>Replaces a mailbox by one of very many names.</summary>
    public void WriteLinks(string directory, int count)
    {
        MakeEmpty(directory);
        var buffer = new ArrayBufferWriter<byte>();
        string file = "";
        for (int number = 0; number < count; number++)
        {
            if (number % LinksPerFile == 0)
            {
                file = WriteFile(directory, number, count, MessageMaker.Small(buffer, number, count));
            }
            else if (link(file, Path.Combine(directory, "cur", NameOf(number, count, 0))) != 0)
            {
                throw new Win32Exception(Marshal.GetLastPInvokeError(), $"link in {directory}");
            }
        }
    }

    /// <summary>Delivers into new/ as a mail transfer agent does; the moment returned is that of the rename.</summary>
    public long Deliver(string directory, int number)
    {
        string name = $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.M{number}P{Environment.ProcessId}Q{number}.bench";
        string temporary = Path.Combine(directory, "tmp", name);
        File.WriteAllBytes(temporary, MessageMaker.Small(new ArrayBufferWriter<byte>(), number, int.MaxValue).ToArray());
        owner.Own(temporary);
        long moment = System.Diagnostics.Stopwatch.GetTimestamp();
        File.Move(temporary, Path.Combine(directory, "new", name));
        return moment;
    }

    /// <summary>Waits until what was written is on the disk, so that it is not written while something is measured.</summary>
    public static void Sync() => Shell.Do("sync");

    private string WriteFile(string directory, int number, int count, ReadOnlySpan<byte> message)
    {
        string file = Path.Combine(directory, "cur", NameOf(number, count, message.Length));
        using (var handle = File.OpenHandle(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None))
        {
            RandomAccess.Write(handle, message, 0);
            File.SetUnixFileMode(handle, OwnersOnly);
            File.SetLastWriteTimeUtc(handle, MessageMaker.DateOf(number, count).UtcDateTime);
        }
        owner.Own(file);
        return file;
    }

    /// <summary>
    /// Half of them with their size in the name, as Dovecot's delivery agent gives them, half without, as Postfix does. Two
    /// thirds are read, a few flagged or answered.
    /// </summary>
    private static string NameOf(int number, int count, int octets)
    {
        var dice = new Dice(400_000_000UL + (ulong)number);
        long seconds = MessageMaker.DateOf(number, count).ToUnixTimeSeconds();
        string size = number % 2 == 0 && octets > 0 ? $",S={octets}" : "";
        string flags = $"{(dice.Percent(3) ? "F" : "")}{(dice.Percent(10) ? "R" : "")}{(dice.Percent(67) ? "S" : "")}";
        return $"{seconds}.M{number}P{1000 + dice.Below(60000)}.mail.example.org{size}:2,{flags}";
    }

    private void MakeEmpty(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
        foreach (string made in new[] { owner.Maildir, directory, Path.Combine(directory, "tmp"), Path.Combine(directory, "new"), Path.Combine(directory, "cur") })
        {
            if (!Directory.Exists(made))
            {
                Directory.CreateDirectory(made, OwnersDirectory);
                owner.Own(made);
            }
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string name);
}
