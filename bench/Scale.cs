namespace Imapd.Bench;

/// <summary>How much mail there is and how often commands are repeated.</summary>
/// <param name="Mixed">Messages of the realistic mix, 9.4 KB on average.</param>
/// <param name="Flat">Small messages in the mailbox for flags.</param>
/// <param name="Huge">Small messages in the mailbox that is only opened.</param>
/// <param name="Mailboxes">Mailboxes for LIST with STATUS.</param>
/// <param name="LargeOctets">Octets of the large message, about.</param>
/// <param name="Batch">How many single commands make a line of many; how many messages are copied and moved.</param>
/// <param name="Deliveries">Deliveries waited for in IDLE.</param>
/// <param name="IdleSessions">Sessions that idle while memory is measured.</param>
/// <param name="Clients">Clients that send mixed commands at once.</param>
/// <param name="CommandsPerClient">How many each of them sends.</param>
/// <param name="RequiredGigabytes">What has to be free where the mail is made.</param>
internal sealed record Scale(
    int Mixed, int Flat, int Huge, int Mailboxes, int LargeOctets, int Batch, int Deliveries, int IdleSessions, int Clients,
    int CommandsPerClient, int RequiredGigabytes)
{
    public static Scale Full { get; } = new(10_000, 100_000, 1_000_000, 1_000, 50_000_000, 1_000, 60, 200, 50, 200, 5);

    public static Scale Quick { get; } = new(2_000, 20_000, 50_000, 100, 20_000_000, 200, 10, 40, 20, 50, 1);
}
