using System.Globalization;

namespace Imapd.Tests.EndToEnd.Harness;

/// <summary>A real account with a home directory and a password; gone, with its mail, when disposed.</summary>
internal sealed class SystemUser : IDisposable
{
    /// <summary>What accounts of ours are known by; the id of the process that made them follows.</summary>
    private const string Comment = "imapd test ";

    private static int _deliveries;

    private SystemUser(string name)
    {
        Name = name;
        string[] fields = File.ReadLines("/etc/passwd").Single(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split(':');
        UserId = uint.Parse(fields[2], CultureInfo.InvariantCulture);
        GroupId = uint.Parse(fields[3], CultureInfo.InvariantCulture);
        Home = fields[5];
    }

    public string Name { get; }

    public string Password { get; } = "pw-" + Guid.NewGuid().ToString("N")[..12];

    public uint UserId { get; }

    public uint GroupId { get; }

    public string Home { get; }

    public string Maildir => Path.Combine(Home, "Maildir");

    /// <param name="options">More options of useradd, for example a supplementary group.</param>
    public static SystemUser Create(params string[] options)
    {
        string name = "imapt" + Guid.NewGuid().ToString("N")[..8];
        string[] all = ["--create-home", "--shell", "/bin/sh", "--comment", Comment + Environment.ProcessId, .. options, name];
        // The account files are locked while another program changes them; useradd gives up at once.
        Wait.Until(() => Shell.Run("/usr/sbin/useradd", all).Status == 0, "useradd works");
        var user = new SystemUser(name);
        Wait.Until(() => Shell.Run("/usr/sbin/chpasswd", [], $"{name}:{user.Password}\n").Status == 0, "chpasswd works");
        return user;
    }

    /// <summary>Removes the accounts of a run that was killed before it could.</summary>
    public static void RemoveLeftBehind()
    {
        foreach (string[] fields in File.ReadLines("/etc/passwd").Select(line => line.Split(':')).ToList())
        {
            if (fields.Length > 4 && fields[4].StartsWith(Comment, StringComparison.Ordinal) && !Directory.Exists("/proc/" + fields[4][Comment.Length..]))
            {
                Remove(fields[0]);
            }
        }
    }

    /// <summary>Takes all mail away, as if the account had never had any.</summary>
    public void Forget()
    {
        if (Directory.Exists(Maildir))
        {
            Directory.Delete(Maildir, recursive: true);
        }
    }

    /// <summary>Delivers as a mail transfer agent does: written to tmp, then renamed into new. Returns the file's path.</summary>
    public string Deliver(string message, string mailbox = "")
    {
        string directory = Path.Combine(Maildir, mailbox);
        MakeMaildir(directory);
        int number = Interlocked.Increment(ref _deliveries);
        string name = $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}.M{number}P{Environment.ProcessId}.test";
        string temporary = Path.Combine(directory, "tmp", name);
        File.WriteAllText(temporary, message);
        Native.ChangeOwner(temporary, UserId, GroupId);
        string delivered = Path.Combine(directory, "new", name);
        File.Move(temporary, delivered);
        return delivered;
    }

    /// <summary>Makes a directory or file of root's his.</summary>
    public void Own(string path) => Native.ChangeOwner(path, UserId, GroupId);

    public void Dispose() => Remove(Name);

    /// <summary>Status 6 is that there is no such account, 12 that its home is gone already.</summary>
    private static void Remove(string name) =>
        Wait.Until(() => Shell.Run("/usr/sbin/userdel", ["--force", "--remove", name]).Status is 0 or 6 or 12, "userdel works");

    private void MakeMaildir(string directory)
    {
        foreach (string made in new[] { Maildir, directory, Path.Combine(directory, "tmp"), Path.Combine(directory, "new"), Path.Combine(directory, "cur") })
        {
            if (!Directory.Exists(made))
            {
                Directory.CreateDirectory(made, (UnixFileMode)0b111_000_000);
                Own(made);
            }
        }
    }
}
