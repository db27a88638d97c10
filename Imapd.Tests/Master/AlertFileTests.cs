using System.Net;
using Imapd.Master.Supervision;
using Mono.Unix.Native;
using NUnit.Framework;
using Serilog;
using Serilog.Core;

namespace Imapd.Tests.Master;

[TestFixture]
public sealed class AlertFileTests
{
    private static readonly SourceAddress Home = SourceAddress.Of(IPAddress.Parse("192.0.2.1"));
    private static readonly SourceAddress Work = SourceAddress.Of(IPAddress.Parse("192.0.2.2"));

    private string _path = "";
    private LogLines _lines = null!;
    private Logger _log = null!;
    private AlertFile _alert = null!;

    [SetUp]
    public void SetUp()
    {
        _path = Path.Combine(Directory.CreateTempSubdirectory("imapd-alert-").FullName, "alert");
        _lines = new LogLines();
        _log = new LoggerConfiguration().WriteTo.Sink(_lines).CreateLogger();
        _alert = new AlertFile(_path, _log);
    }

    [TearDown]
    public void TearDown()
    {
        _log.Dispose();
        Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);
    }

    [Test]
    public void A_user_hears_it_once_from_each_address_and_again_when_it_has_changed()
    {
        File.WriteAllText(_path, "Down at 18:00\n");
        Assert.That(_alert.TextFor("alice", Home), Is.EqualTo("Down at 18:00"));
        Assert.That(_alert.TextFor("alice", Home), Is.Empty);
        Assert.That(_alert.TextFor("alice", Work), Is.EqualTo("Down at 18:00"));
        Assert.That(_alert.TextFor("bob", Home), Is.EqualTo("Down at 18:00"));

        File.WriteAllText(_path, "Down at 19:00\nSorry\n");
        Assert.That(_alert.TextFor("alice", Home), Is.EqualTo("Down at 19:00\nSorry"));
        Assert.That(_alert.TextFor("alice", Home), Is.Empty);
    }

    [Test]
    public void A_file_that_is_missing_says_nothing_and_is_heard_when_it_comes()
    {
        Assert.That(_alert.TextFor("alice", Home), Is.Empty);
        File.WriteAllText(_path, "Now");
        Assert.That(_alert.TextFor("alice", Home), Is.EqualTo("Now"));
        File.Delete(_path);
        Assert.That(_alert.TextFor("bob", Home), Is.Empty);
        Assert.That(_lines.All, Is.Empty);
    }

    [Test]
    public void What_is_no_file_says_nothing_makes_nobody_wait_and_is_logged_once()
    {
        Assert.That(Syscall.mkfifo(_path, FilePermissions.S_IRUSR | FilePermissions.S_IWUSR), Is.Zero);

        Assert.That(_alert.TextFor("alice", Home) + _alert.TextFor("alice", Home), Is.Empty);

        Assert.That(_lines.All, Has.Exactly(1).Contains("alert file not read").And.One.Contains("no regular file"));
    }

    [Test]
    public void Its_lines_are_bounded_and_without_control_characters()
    {
        byte[] octets = [.. Enumerable.Range(0, 256).Select(octet => (byte)octet), .. System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("\n" + new string('x', 400), 100)))];

        string[] lines = AlertFile.Harmless(octets).Split('\n');

        Assert.That(lines, Has.Length.EqualTo(5).And.All.Length.InRange(1, 300));
        Assert.That(lines.SelectMany(line => line), Has.None.Matches<char>(char.IsControl));
    }

    [Test]
    public void A_large_file_is_not_read_to_its_end()
    {
        using (FileStream file = File.Create(_path))
        {
            file.SetLength(1L << 33);
        }

        Assert.That(_alert.TextFor("alice", Home), Is.Empty, "zeros are nothing to be told");
    }
}
