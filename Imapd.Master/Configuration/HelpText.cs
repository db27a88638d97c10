namespace Imapd.Master.Configuration;

/// <summary>What <c>--help</c> and <c>--version</c> say.</summary>
internal static class HelpText
{
    public const string Usage = """
        Usage: imapd [OPTION]...            IMAP for the Maildirs of this host
          sudo imapd --fork --tls --cert CERT --key KEY -p 993 -h 0.0.0.0 -h ::
               imapd check-mailbox PATH [--repair] | import-mbox FILE...
               imapd status | who | kick USER|SESSION | reload | stop

        -p, --port N          port; may repeat (default 143, with --tls 993)
        -h, --host ADDRESS    address to listen on; may repeat (default 127.0.0.1)
            --tls             TLS from the first octet on the ports of -p
            --starttls-port N cleartext port with STARTTLS beside them; may repeat
            --cert FILE       certificate chain in PEM; may repeat; without --tls for STARTTLS
            --key FILE        its key in PEM (default: in the file of --cert)
            --fork            one process per connection, which becomes the user (root)
        -s, --storage KIND    memory (default; account test, password test) or maildir
            --mail-location L where mail is: ~/Maildir (default with --fork), /srv/%{user}
            --layout L        maildir++ (default) or fs: where the mailboxes are in it
            --prefix-alias P  second name of each mailbox: INBOX. (default), INBOX/ or none
            --user NAME       without --fork, as root: whom to serve as
            --min-uid N       users with lower uids never log in (default 1000)
            --pam-service S   PAM service (default imapd)
            --insecure-auth   allow passwords without TLS
            --spare-workers N     processes kept ready (default 2)
            --max-connections N   (default 2000)   --max-per-address N  (default 200)
            --max-per-user N      (default 50)     --login-timeout N    seconds (default 60)
            --preauth         serve the invoking user on standard input and output
            --inetd           serve one accepted socket on standard input
            --control-socket P, --metrics-file F   for these commands, and for Prometheus
            --log-level L     error, warning, info (default) or debug
            --config FILE     instead of /etc/imapd/imapd.conf; none: no file
            --check-config, --dump-config   check all this; print it with its sources
            --version, --help
        """;

    public static string Version { get; } = "imapd " + typeof(HelpText).Assembly.GetName().Version?.ToString(3);
}
