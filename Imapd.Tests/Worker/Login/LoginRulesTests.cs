using Imapd.Worker.Login;
using NUnit.Framework;

namespace Imapd.Tests.Worker.Login;

/// <summary>Names as clients send them, and who may log in.</summary>
internal sealed class LoginRulesTests
{
    private static readonly LoginRules Rules = new() { StrippedDomains = ["example.org", "mail.example.org"], IsLowercased = true };

    [TestCase("ann", "ann")]
    [TestCase("Ann", "ann")]
    [TestCase("ann@example.org", "ann")]
    [TestCase("ann@EXAMPLE.org", "ann")]
    [TestCase("ann@mail.example.org", "ann")]
    [TestCase("ann@other.org", "ann@other.org")]
    [TestCase("ann@notexample.org", "ann@notexample.org")]
    [TestCase("ann@b@example.org", "ann@b")]
    [TestCase("ann@", "ann@")]
    [TestCase("@example.org", "")]
    [TestCase("ÄNN", "Änn")]
    public void Only_listed_domains_are_taken_off_and_only_letters_of_ASCII_made_small(string sent, string name)
    {
        Assert.That(Rules.NameOf(sent), Is.EqualTo(name));
    }

    [TestCase("Ann@example.org")]
    [TestCase("")]
    public void Without_rules_a_name_stays_as_it_is(string sent) => Assert.That(new LoginRules().NameOf(sent), Is.EqualTo(sent));

    [TestCase("", "", "", "", true)]
    [TestCase("ann", "", "", "", false)]
    [TestCase("bob", "", "", "", true)]
    [TestCase("", "ann", "", "", true)]
    [TestCase("", "bob", "", "", false)]
    [TestCase("", "bob an?", "", "", true)]
    [TestCase("a*", "ann", "", "", false)]
    [TestCase("", "ann", "mail", "", false)]
    [TestCase("", "", "mail", "mail", false)]
    [TestCase("", "", "other", "", true)]
    [TestCase("", "", "", "mail", true)]
    [TestCase("", "", "", "m*l", true)]
    [TestCase("", "", "", "other", false)]
    [TestCase("", "ann", "", "other", false)]
    [TestCase("ANN", "", "", "", true)]
    public void Each_of_denied_users_allowed_users_denied_groups_and_allowed_groups_can_refuse(
        string deniedUsers, string allowedUsers, string deniedGroups, string allowedGroups, bool isAllowed)
    {
        var rules = new LoginRules
        {
            DeniedUsers = Words(deniedUsers),
            AllowedUsers = Words(allowedUsers),
            DeniedGroups = Words(deniedGroups),
            AllowedGroups = Words(allowedGroups),
        };
        Assert.That(rules.WhyNot("ann", () => ["users", "mail"]), isAllowed ? Is.Null : Is.Not.Null);
    }

    [Test]
    public void Groups_are_looked_up_only_for_rules_about_groups()
    {
        var rules = new LoginRules { AllowedUsers = ["ann"] };
        Assert.That(rules.WhyNot("ann", () => throw new AssertionException("nobody asked for groups")), Is.Null);
    }

    [TestCase("*", "anything", true)]
    [TestCase("*", "", true)]
    [TestCase("?", "", false)]
    [TestCase("a*b*c", "aXbXbXc", true)]
    [TestCase("a*b*c", "aXbXbX", false)]
    [TestCase("*a", "ba", true)]
    [TestCase("a**", "a", true)]
    [TestCase("a.b", "axb", false)]
    public void A_star_is_any_text_and_a_question_mark_any_letter(string pattern, string name, bool matches)
    {
        Assert.That(new LoginRules { DeniedUsers = [pattern] }.WhyNot(name, () => []), matches ? Is.Not.Null : Is.Null);
    }

    [Test, CancelAfter(10_000)]
    public void A_pattern_of_stars_takes_no_longer_than_both_lengths_together_say()
    {
        string stars = string.Concat(Enumerable.Repeat("*a", 120)) + "b";
        Assert.That(new LoginRules { DeniedUsers = [stars] }.WhyNot(new string('a', 255), () => []), Is.Null);
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
