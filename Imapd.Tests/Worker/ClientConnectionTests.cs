using System.Net.Sockets;
using Imapd.Worker.Session;
using NUnit.Framework;

namespace Imapd.Tests.Worker;

/// <summary>The client's stream (RFC 9051 §5.3).</summary>
public sealed class ClientConnectionTests
{
    [Test]
    public void A_client_that_takes_nothing_is_given_up()
    {
        (int served, int own) = SocketPair.CreateDescriptors();
        using Socket client = SocketPair.Own(own);
        using var connection = new ClientConnection(served, served, stuckMilliseconds: 1);
        ClientGoneException? gone = Assert.Throws<ClientGoneException>(() => connection.Write(new byte[16 * 1024 * 1024]));
        Assert.That(gone!.IsStuck, Is.True);
    }
}
