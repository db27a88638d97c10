using Imapd.Protocol.Wire;
using NUnit.Framework;

namespace Imapd.Tests.Protocol;

internal sealed class CommandLimitsTests
{
    private static readonly (CommandLimits Limits, int Line, int Literal, int Literals)[] All =
    [
        (CommandLimits.BeforeLogin, 8 * 1024, 4 * 1024, 8 * 1024),
        (CommandLimits.AfterLogin, 64 * 1024, 128 * 1024, 1024 * 1024),
    ];

    [TestCaseSource(nameof(All))]
    public void Lines_and_literals_are_taken_up_to_the_limits_and_not_one_octet_more((CommandLimits Limits, int Line, int Literal, int Literals) all)
    {
        string line = "a " + new string('x', all.Line - 2);
        Assert.That(AssemblerRun.Events(line + "\r\n", all.Limits), Is.EqualTo(new[] { "a|" + line }));
        Assert.That(AssemblerRun.Events(line + "x\r\nb\r\n", all.Limits), Is.EqualTo(new[] { "a|LineTooLong", "b|b" }));
        Assert.That(AssemblerRun.Events($"a {{{all.Literal}}}\r\n", all.Limits)[0], Does.StartWith("a|Accept"));
        Assert.That(AssemblerRun.Events($"a {{{all.Literal + 1}}}\r\n", all.Limits)[0], Does.StartWith("a|Refuse"));
    }

    [TestCaseSource(nameof(All))]
    public void The_literals_of_a_command_are_bounded_together((CommandLimits Limits, int Line, int Literal, int Literals) all)
    {
        string literals = string.Concat(Enumerable.Repeat(
            $" {{{all.Literal}+}}\r\n{new string('y', all.Literal)}", all.Literals / all.Literal));
        Assert.That(AssemblerRun.Events($"a{literals} {{0+}}\r\n\r\nb\r\n", all.Limits)[^1], Is.EqualTo("b|b"));
        Assert.That(AssemblerRun.Events($"a{literals} {{1+}}\r\n1\r\nb\r\n", all.Limits).TakeLast(2), Is.EqualTo(new[] { "a|Refused", "b|b" }));
    }

    [Test]
    public void After_login_commands_may_be_64_deep()
    {
        Assert.That(CommandLimits.AfterLogin.MaxDepth, Is.EqualTo(64));
    }
}
