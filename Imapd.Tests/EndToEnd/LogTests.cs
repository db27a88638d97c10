using Imapd.Tests.EndToEnd.Harness;
using NUnit.Framework;

namespace Imapd.Tests.EndToEnd;

/// <summary>What the log says, and what it never says.</summary>
internal sealed class LogTests : EndToEndTest
{
    [Test]
    public void The_first_line_names_addresses_mode_and_storage()
    {
        ImapdProcess server = StartForking();
        string line = server.WaitForLog($"127.0.0.1:{server.TlsPort}");
        Assert.That(line, Does.Contain("maildir").IgnoreCase.And.Contain($"{server.ClearPort}"));
    }

    [Test]
    public void Login_failed_login_and_logout_are_one_line_each_with_the_peer()
    {
        ImapdProcess server = StartForking();
        Connect(server).Command($"LOGIN {Alice.Name} wrong");
        ImapClient client = Login(server, Alice);
        client.Command("LOGOUT");

        server.WaitForLog("fail", Alice.Name, "127.0.0.1");
        Wait.Until(() => server.LogLines.Count(line => line.Contains(Alice.Name, StringComparison.Ordinal)) >= 3, "three lines name the user");
        Assert.That(
            server.LogLines.Where(line => line.Contains(Alice.Name, StringComparison.Ordinal)), Is.All.Contains("127.0.0.1"), () => server.Log);
    }

    [Test]
    public void No_password_is_ever_logged()
    {
        ImapdProcess server = StartForking("--log-level", "debug");
        Connect(server).Command($"LOGIN {Alice.Name} wrong-{Alice.Password}");
        Connect(server).Command($"LOGIN \"{Alice.Password}");
        Connect(server).Command($"NONSENSE {Alice.Password}");
        Login(server, Alice).Command("LOGOUT");
        server.WaitForLog("fail", Alice.Name);
        server.Stop();
        Assert.That(server.Log, Does.Not.Contain(Alice.Password));
    }

    [Test]
    public void A_user_name_cannot_forge_a_log_line()
    {
        ImapdProcess server = StartForking();
        const string Name = "x\u001b[31m\r\nforged login user=root\u0000";
        ImapClient client = Connect(server);
        client.Send($"a LOGIN {{{Name.Length - 1}}}\r\n");
        Assert.That(client.ReadLine(), Does.StartWith("+"));
        client.Send(Name[..^1] + " wrong\r\n");
        client.Finish("a");
        client.Send("b LOGIN \"esc\u001b[31maped\" wrong\r\n");
        client.Finish("b");
        client.Command("LOGOUT");
        server.WaitForLog("fail");
        server.Stop();
        Assert.That(server.LogLines, Has.None.StartsWith("forged"));
        Assert.That(server.Log, Does.Not.Contain("\u001b[31m"));
    }
}
