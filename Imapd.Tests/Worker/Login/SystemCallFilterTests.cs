using Imapd.Worker.Login;
using Imapd.Worker.Native;
using NUnit.Framework;

namespace Imapd.Tests.Worker.Login;

/// <summary>What the filter answers, worked out as the kernel would.</summary>
internal sealed class SystemCallFilterTests
{
    private const uint X64 = 0xC000_003E;
    private const uint Allow = 0x7FFF_0000;
    private const uint NotPermitted = 0x0005_0001;
    private const uint NotThere = 0x0005_0026;

    [TestCase(0u, TestName = "read_is_allowed")]
    [TestCase(1u, TestName = "write_is_allowed")]
    [TestCase(9u, TestName = "mmap_is_allowed")]
    [TestCase(82u, TestName = "rename_is_allowed")]
    [TestCase(257u, TestName = "openat_is_allowed")]
    [TestCase(254u, TestName = "inotify_add_watch_is_allowed")]
    [TestCase(234u, TestName = "tgkill_is_allowed")]
    public void Allowed(uint number) => Assert.That(Run(X64, number), Is.EqualTo(Allow));

    [TestCase(59u, TestName = "execve_is_denied")]
    [TestCase(57u, TestName = "fork_is_denied")]
    [TestCase(101u, TestName = "ptrace_is_denied")]
    [TestCase(105u, TestName = "setuid_is_denied")]
    [TestCase(165u, TestName = "mount_is_denied")]
    [TestCase(250u, TestName = "keyctl_is_denied")]
    [TestCase(272u, TestName = "unshare_is_denied")]
    [TestCase(321u, TestName = "bpf_is_denied")]
    [TestCase(425u, TestName = "io_uring_setup_is_denied")]
    [TestCase(153u, TestName = "the_last_of_the_list_is_denied")]
    [TestCase(0x4000_0000u, TestName = "x32_calls_are_denied")]
    public void Denied(uint number) => Assert.That(Run(X64, number), Is.EqualTo(NotPermitted));

    [Test]
    public void Calls_of_another_architecture_are_denied() =>
        Assert.That(Run(0x4000_0003, 3), Is.EqualTo(NotPermitted));

    [TestCase(1u, Allow, TestName = "Unix_sockets_can_be_made")]
    [TestCase(2u, NotPermitted, TestName = "IPv4_sockets_cannot_be_made")]
    [TestCase(10u, NotPermitted, TestName = "IPv6_sockets_cannot_be_made")]
    [TestCase(16u, NotPermitted, TestName = "netlink_sockets_cannot_be_made")]
    public void Sockets(uint family, uint expected) => Assert.That(Run(X64, 41, family), Is.EqualTo(expected));

    [TestCase(0x003D_0F00u, Allow, TestName = "threads_can_be_made")]
    [TestCase(0x0000_0011u, NotPermitted, TestName = "processes_cannot_be_made")]
    public void Clones(uint flags, uint expected) => Assert.That(Run(X64, 56, flags), Is.EqualTo(expected));

    [Test]
    public void Clone3_seems_not_to_be_there() => Assert.That(Run(X64, 435), Is.EqualTo(NotThere));

    private static uint Run(uint architecture, uint number, uint firstArgument = 0)
    {
        FilterInstruction[] filter = SystemCallFilter.Build();
        uint accumulator = 0;
        for (int index = 0; ; index++)
        {
            FilterInstruction instruction = filter[index];
            switch (instruction.Code)
            {
                case 0x20:
                    accumulator = instruction.Operand switch
                    {
                        0 => number,
                        4 => architecture,
                        16 => firstArgument,
                        _ => 0,
                    };
                    break;
                case 0x15:
                    index += accumulator == instruction.Operand ? instruction.JumpTrue : instruction.JumpFalse;
                    break;
                case 0x35:
                    index += accumulator >= instruction.Operand ? instruction.JumpTrue : instruction.JumpFalse;
                    break;
                case 0x45:
                    index += (accumulator & instruction.Operand) != 0 ? instruction.JumpTrue : instruction.JumpFalse;
                    break;
                case 0x06:
                    return instruction.Operand;
                default:
                    throw new InvalidOperationException($"{instruction.Code:x} is no instruction of ours");
            }
        }
    }
}
