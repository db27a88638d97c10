using Imapd.Tests.EndToEnd.Harness;
using Imapd.Worker.Login;
using Imapd.Worker.Native;
using NUnit.Framework;

namespace Imapd.Tests.Worker.Login;

/// <summary>What a confined thread can reach; each test confines a thread of its own, which ends with it.</summary>
internal sealed class SandboxTests
{
    [Test]
    public void Mail_reached_through_a_link_and_a_mailbox_that_is_a_link_stay_usable()
    {
        using var directory = new TemporaryDirectory();
        string real = MakeMaildir(directory, "disk");
        string archive = MakeMaildir(directory, "archive");
        Directory.CreateSymbolicLink(directory.Combine("Maildir"), real);
        Directory.CreateSymbolicLink(Path.Combine(real, ".Archive"), archive);
        string root = directory.Combine("Maildir");

        Confined([root], () =>
        {
            File.WriteAllText(Path.Combine(root, "tmp", "1"), "mail");
            File.Move(Path.Combine(root, "tmp", "1"), Path.Combine(root, "cur", "1"));
            File.Move(Path.Combine(root, "cur", "1"), Path.Combine(root, ".Archive", "cur", "1"));
            Directory.CreateDirectory(Path.Combine(root, ".New", "cur"));
            Assert.That(File.ReadAllText(Path.Combine(root, ".Archive", "cur", "1")), Is.EqualTo("mail"));
            Assert.That(Directory.GetFiles(Path.Combine(root, "cur")), Is.Empty);
            File.Delete(Path.Combine(root, ".Archive", "cur", "1"));
        });
    }

    [Test]
    public void Nothing_beside_the_mail_can_be_read_or_written()
    {
        using var directory = new TemporaryDirectory();
        string root = MakeMaildir(directory, "Maildir");
        string other = directory.Write("other", "secret");
        Confined([root], () =>
        {
            Assert.That(() => File.ReadAllText(other), Throws.InstanceOf<UnauthorizedAccessException>());
            Assert.That(() => File.WriteAllText(other, "x"), Throws.InstanceOf<UnauthorizedAccessException>());
            Assert.That(() => File.WriteAllText("/etc/imapd-test", "x"), Throws.InstanceOf<UnauthorizedAccessException>());
            Assert.That(() => Directory.GetFiles("/home"), Throws.InstanceOf<UnauthorizedAccessException>());
        });
    }

    [Test]
    public void What_the_runtime_and_time_zones_need_can_be_read()
    {
        using var directory = new TemporaryDirectory();
        Confined([directory.Path], () =>
        {
            Assert.That(File.ReadAllText("/etc/passwd"), Is.Not.Empty);
            Assert.That(File.ReadAllText("/proc/self/status"), Is.Not.Empty);
            Assert.That(File.ReadAllText("/proc/meminfo"), Is.Not.Empty);
        });
    }

    private static string MakeMaildir(TemporaryDirectory directory, string name)
    {
        foreach (string part in new[] { "tmp", "new", "cur" })
        {
            Directory.CreateDirectory(directory.Combine(name, part));
        }
        return directory.Combine(name);
    }

    private static void Confined(string[] changeable, Action action)
    {
        Exception? failure = null;
        bool isThere = true;
        var thread = new Thread(() =>
        {
            try
            {
                ProcessControl.ForbidNewPrivileges();
                isThere = Sandbox.RestrictFiles(changeable);
                if (isThere)
                {
                    action();
                }
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        thread.Start();
        thread.Join();
        if (!isThere)
        {
            Assert.Ignore("this kernel has no Landlock");
        }
        if (failure is not null)
        {
            Assert.Fail(failure.ToString());
        }
    }
}
