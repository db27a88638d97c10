using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Imapd.Master.Configuration;
using Imapd.Master.Listening;
using Imapd.Master.Native;

namespace Imapd.Master.Handover;

/// <summary>
/// The master that started this one to take its place: it passed its listening sockets, keeps the sessions it has, and
/// ends when they have ended. What is said over the channel is an octet each; behind the last one a reason may stand.
/// </summary>
internal sealed class Predecessor : IDisposable
{
    /// <summary>In the environment of a successor: how many listening sockets it was passed; the channel comes after them.</summary>
    public const string Variable = "IMAPD_HANDOVER";

    /// <summary>In the environment of a successor: the sockets are the service manager's, so no others are opened.</summary>
    public const string ManagedVariable = "IMAPD_HANDOVER_MANAGED";

    /// <summary>Successor to predecessor: I accept connections now.</summary>
    public const byte Ready = (byte)'r';

    /// <summary>Successor to predecessor: end the sessions that are left.</summary>
    public const byte End = (byte)'e';

    /// <summary>Successor to predecessor: I end again; why stands behind it, in UTF-8.</summary>
    public const byte Failed = (byte)'f';

    /// <summary>
    /// Successor to predecessor: a user has sessions here. Behind it stand their number (4 octets, big-endian) and, behind its
    /// length in 2 octets, what he is counted as.
    /// </summary>
    public const byte Sessions = (byte)'s';

    private readonly Socket _channel;
    private readonly Lock _lock = new();
    private bool _isFull;

    private Predecessor(int sockets, Socket channel)
    {
        Sockets = sockets;
        _channel = channel;
        _channel.Blocking = false;
        Gone = WaitAsync();
    }

    /// <summary>How many listening sockets were passed, from <see cref="InheritedSockets.FirstDescriptor"/> on.</summary>
    public int Sockets { get; }

    /// <summary>Completes when it has ended.</summary>
    public Task Gone { get; }

    /// <summary>The sockets belong to the service manager.</summary>
    public static bool IsManaged => Environment.GetEnvironmentVariable(ManagedVariable) is not null;

    /// <summary>The master that started this one; null: it was started by somebody else.</summary>
    /// <exception cref="UsageException">The environment says so, but the channel is not there.</exception>
    public static Predecessor? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            return null;
        }
        int sockets = InheritedSockets.ReadCount(Variable);
        try
        {
            return new Predecessor(sockets, new Socket(Descriptors.TakeInherited(InheritedSockets.FirstDescriptor + sockets)));
        }
        catch (Exception error) when (error is SocketException or SystemCallException)
        {
            throw new UsageException($"{Variable} is set, and there is no channel to another imapd: {error.Message}");
        }
    }

    /// <summary>Tells it to accept no more.</summary>
    public void SayReady() => Say(Ready);

    /// <summary>Tells it to go on, and why.</summary>
    public void SayWhyNot(string reason) => Say([Failed, .. Encoding.UTF8.GetBytes(reason)]);

    /// <summary>Tells it to end the sessions it has left.</summary>
    public void EndSessions() => Say(End);

    /// <summary>Tells it how many sessions a user has here, so that it ends as many of its own as are too many.</summary>
    public void SaySessions(string user, int count)
    {
        byte[] name = Encoding.UTF8.GetBytes(user);
        byte[] message = new byte[1 + sizeof(int) + sizeof(ushort) + name.Length];
        message[0] = Sessions;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), count);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(1 + sizeof(int)), (ushort)name.Length);
        name.CopyTo(message, 1 + sizeof(int) + sizeof(ushort));
        lock (_lock)
        {
            if (!Gone.IsCompleted && !_isFull)
            {
                // One that does not read shall not hold a login up, and half a message would be taken for something else.
                _isFull = !Say(message);
            }
        }
    }

    public void Dispose() => _channel.Dispose();

    private async Task WaitAsync()
    {
        try
        {
            byte[] octet = new byte[1];
            while (await _channel.ReceiveAsync(octet).ConfigureAwait(false) > 0)
            {
                // it has nothing to say
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // that is an end as well
        }
    }

    private bool Say(params byte[] what)
    {
        try
        {
            return _channel.Send(what) == what.Length;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false; // it has gone already
        }
    }
}
