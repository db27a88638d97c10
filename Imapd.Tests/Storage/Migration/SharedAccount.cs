using System.Diagnostics;
using System.Globalization;
using Imapd.Storage.Maildir;

namespace Imapd.Tests.Storage.Migration;

/// <summary>One account's Maildir, which belongs to nobody, where several servers find it.</summary>
internal sealed class SharedAccount : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("imapd-migration-").FullName;
    private int _delivered;

    public SharedAccount()
    {
        // Its name is that of the user, as --mail-location wants it.
        Maildir = Path.Combine(_base, "nobody");
        foreach (string part in (string[])["cur", "new", "tmp"])
        {
            Directory.CreateDirectory(Path.Combine(Maildir, part));
        }

        GiveAway();
    }

    /// <summary>The directory above the Maildir.</summary>
    public string Base => _base;

    public string Maildir { get; }

    /// <summary>How the store is to look for mailboxes.</summary>
    public MailboxLayout Layout { get; set; }

    /// <summary>Puts messages where a delivery agent and a mail reader have left them: every flag, in cur/ and new/.</summary>
    public void Deliver(int count, string directory = "")
    {
        string[] infos = [":2,", ":2,S", ":2,RS", ":2,F", ":2,DS", ":2,FRST", null!];
        for (int i = _delivered; i < _delivered + count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{1_500_000_000 + (i / 3)}.M{i:D6}P1.elsewhere");
            string info = infos[i % infos.Length];
            string path = Path.Combine(Maildir, directory, info is null ? "new" : "cur", name + info);
            File.WriteAllText(path, $"Subject: {i}\n\nbody\n");
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(1_400_000_000 + (i * 7)));
        }

        _delivered += count;
        GiveAway();
    }

    /// <summary>Does something with the store, as the user.</summary>
    public void Here(Action<MailStore> action) => As.Nobody(_base, () =>
    {
        using MailStore store = MailStore.Open(new StoreOptions { Root = Maildir, HostName = "here", Layout = Layout });
        action(store);
    });

    /// <summary>The account as the store shows it.</summary>
    public string ViewHere()
    {
        string view = string.Empty;
        Here(store => view = AccountView.Of(store));
        return view;
    }

    public void Dispose() => Directory.Delete(_base, true);

    // The directory is made for its owner alone, and the tests' owner is root. Courier looks at the group too.
    private void GiveAway()
    {
        if (Mono.Unix.Native.Syscall.geteuid() == 0)
        {
            using Process chown = Process.Start("chown", ["-R", "nobody:nogroup", _base]);
            chown.WaitForExit();
        }
    }
}
