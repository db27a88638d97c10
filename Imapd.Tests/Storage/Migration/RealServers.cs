using Imapd.Tests.Architecture;
using NUnit.Framework;

namespace Imapd.Tests.Storage.Migration;

/// <summary>Debian's servers and our worker, on one Maildir in turn.</summary>
internal static class RealServers
{
    private const string DovecotProgram = "/usr/lib/dovecot/imap";

    /// <summary>Dovecot, with the settings of someone whose mailbox names may hold full stops.</summary>
    /// <param name="maildir">The Maildir.</param>
    /// <param name="options">What else its mail_location says.</param>
    public static ImapPipe Dovecot(string maildir, string options = "")
    {
        if (!File.Exists(DovecotProgram))
        {
            Assert.Ignore("needs dovecot-imapd");
        }

        string configuration = Path.Combine(Path.GetDirectoryName(maildir)!, "dovecot.conf");
        File.WriteAllText(configuration, $$"""
            base_dir = {{Path.GetDirectoryName(maildir)}}/run
            log_path = /dev/stderr
            ssl = no
            mail_location = maildir:{{maildir}}{{options}}
            first_valid_uid = 1
            mail_plugins = {{(options.Contains("fs", StringComparison.Ordinal) ? "" : "listescape")}}
            plugin {
              listescape_char = "\\"
            }
            namespace inbox {
              inbox = yes
              separator = /
            }
            """);
        return new ImapPipe(DovecotProgram, ["-c", configuration], [("USER", "nobody"), ("HOME", maildir)], "PREAUTH");
    }

    /// <summary>Our worker, as <c>ssh host imapd --preauth</c> starts it.</summary>
    public static ImapPipe Worker(SharedAccount account, params string[] options)
    {
        if (!File.Exists(Repository.Combine("out", "imapd-worker")))
        {
            Assert.Ignore("out/imapd-worker is not built; make builds it");
        }

        if (Mono.Unix.Native.Syscall.geteuid() != 0)
        {
            Assert.Ignore("needs root, to serve the mail of another");
        }

        // Where nobody may go.
        string copy = Path.Combine(account.Base, "bin");
        if (!Directory.Exists(copy))
        {
            Directory.CreateDirectory(copy);
            foreach (string file in Directory.GetFiles(Repository.Combine("out")).Where(static file => !file.EndsWith(".dbg", StringComparison.Ordinal)))
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }
        }

        return new ImapPipe(
            Path.Combine(copy, "imapd-worker"), ["--preauth", "--mail-location", account.Base + "/%{user}", .. options], [("HOME", account.Base)], "PREAUTH");
    }

    /// <summary>Courier, in the environment in which its login program leaves it.</summary>
    public static ImapPipe Courier(string maildir)
    {
        string place = Repository.Combine("build", "obj", "courier");
        string program = Path.Combine(place, "usr/bin/imapd");
        if (!File.Exists(program))
        {
            Assert.Ignore("needs courier-imap, which build/get-courier unpacks");
        }

        string libraries = string.Join(':', Directory.GetDirectories(Path.Combine(place, "usr/lib"), "*-linux-gnu")) + $":{place}/usr/lib";
        return new ImapPipe(
            "/bin/sh",
            ["-c", $"cd '{maildir}' && exec '{program}' '{maildir}'"],
            [
                ("LD_LIBRARY_PATH", libraries), ("AUTHENTICATED", "nobody"), ("MAILDIR", maildir), ("PROTOCOL", "IMAP"),
                ("IMAPLOGINTAG", "login"), ("IMAP_CAPABILITY", "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE"), ("IMAP_KEYWORDS", "1"),
                ("IMAP_ACL", "1"), ("IMAP_USELOCKS", "0"), ("IMAP_TRASHFOLDERNAME", "Trash"), ("TCPREMOTEIP", "127.0.0.1"),
                ("TCPREMOTEPORT", "1"), ("HOSTNAME", "courier")
            ],
            "login OK");
    }
}
