using System.Net;
using Imapd.Master.Supervision;
using NUnit.Framework;

namespace Imapd.Tests.Master;

[TestFixture]
public sealed class LimitTests
{
    [Test]
    public void Addresses_of_one_ipv6_network_are_one_source_and_others_are_not()
    {
        Assert.That(Source("2001:db8::1"), Is.EqualTo(Source("2001:db8::ffff:1")));
        Assert.That(Source("2001:db8::1"), Is.Not.EqualTo(Source("2001:db8:0:1::1")));
        Assert.That(Source("192.0.2.1"), Is.Not.EqualTo(Source("192.0.2.2")));
        Assert.That(Source("::ffff:192.0.2.1"), Is.EqualTo(Source("192.0.2.1")));
    }

    [Test]
    public void Connections_are_limited_in_all_and_by_source_and_forgotten_when_they_leave()
    {
        var admission = new Admission(maxConnections: 3, maxPerAddress: 2);
        Assert.That(admission.TryEnter(Source("192.0.2.1")), Is.EqualTo(AdmissionVerdict.Admitted));
        Assert.That(admission.TryEnter(Source("192.0.2.1")), Is.EqualTo(AdmissionVerdict.Admitted));
        Assert.That(admission.TryEnter(Source("192.0.2.1")), Is.EqualTo(AdmissionVerdict.TooManyFromAddress));
        Assert.That(admission.TryEnter(Source("192.0.2.2")), Is.EqualTo(AdmissionVerdict.Admitted));
        Assert.That(admission.TryEnter(Source("192.0.2.3")), Is.EqualTo(AdmissionVerdict.TooMany));

        admission.Leave(Source("192.0.2.1"));
        Assert.That(admission.TryEnter(Source("192.0.2.3")), Is.EqualTo(AdmissionVerdict.Admitted));
        admission.Leave(Source("192.0.2.1"));
        admission.Leave(Source("192.0.2.2"));
        admission.Leave(Source("192.0.2.3"));

        Assert.That((admission.Total, admission.Sources), Is.EqualTo((0, 0)));
    }

    [Test]
    public void A_user_over_his_limit_loses_the_session_idle_the_longest()
    {
        var users = new UserSessions(maxPerUser: 2);
        var old = new FakeSession(5);
        var idle = new FakeSession(9);
        var fresh = new FakeSession(0);
        Assert.That(users.TryAdd("a", old, out IUserSession? replaced) && replaced is null, Is.True);
        Assert.That(users.TryAdd("a", idle, out replaced) && replaced is null, Is.True);
        Assert.That(users.TryAdd("b", new FakeSession(99), out replaced) && replaced is null, Is.True);

        Assert.That(users.TryAdd("a", fresh, out replaced), Is.True);

        Assert.That(replaced, Is.SameAs(idle));
        Assert.That(users.Count("a"), Is.EqualTo(2));
    }

    [Test]
    public void A_user_whose_sessions_do_not_end_when_asked_is_refused_in_the_end()
    {
        var users = new UserSessions(maxPerUser: 2);
        List<FakeSession> sessions = [.. Enumerable.Range(0, 5).Select(at => new FakeSession(at))];

        List<bool> added = [.. sessions.Select(session => users.TryAdd("a", session, out _))];
        Assert.That(added, Is.EqualTo(new[] { true, true, true, true, false }));

        users.Remove("a", sessions[0]);
        Assert.That(users.TryAdd("a", sessions[4], out _), Is.True);
        sessions.ForEach(session => users.Remove("a", session));
        Assert.That(users.Count("a"), Is.Zero);
    }

    [Test]
    public void Sessions_in_the_process_that_took_over_count_as_well_and_the_idlest_here_make_room_for_them()
    {
        var users = new UserSessions(maxPerUser: 3);
        List<FakeSession> sessions = [.. new[] { 5, 9, 7 }.Select(idle => new FakeSession(idle))];
        sessions.ForEach(session => users.TryAdd("a", session, out _));

        Assert.That(users.MakeRoom("a", elsewhere: 0), Is.Empty);
        Assert.That(users.MakeRoom("a", elsewhere: 2), Is.EqualTo(new[] { sessions[1], sessions[2] }));
        Assert.That(users.MakeRoom("a", elsewhere: 2), Is.Empty);
        Assert.That(users.MakeRoom("a", elsewhere: 50), Is.EqualTo(new[] { sessions[0] }));
        Assert.That(users.MakeRoom("b", elsewhere: 50), Is.Empty);
    }

    [Test]
    public void Who_waits_for_an_answer_does_not_idle_and_who_sent_half_a_command_does_in_the_end()
    {
        static TimeSpan Idle(int sinceReceived, int sinceSent) =>
            new TcpActivity(TimeSpan.FromSeconds(sinceReceived), TimeSpan.FromSeconds(sinceSent), 0, 0).Idle;

        Assert.That(Idle(sinceReceived: 60, sinceSent: 90), Is.EqualTo(TimeSpan.Zero));
        Assert.That(Idle(sinceReceived: 60, sinceSent: 5), Is.EqualTo(TimeSpan.FromSeconds(60)), "it was told something in IDLE");
        Assert.That(Idle(sinceReceived: 6000, sinceSent: 6001), Is.EqualTo(TimeSpan.FromSeconds(6000)));
    }

    [Test]
    public void A_source_waits_longer_after_each_failure_and_less_as_time_goes_by()
    {
        var penalties = new SourcePenalties(maxSources: 10);
        List<double> delays = [];
        for (int failure = 0; failure < 20; failure++)
        {
            delays.Add(penalties.Delay(Source("192.0.2.1"), now: 0).TotalMilliseconds);
            penalties.Add(Source("192.0.2.1"), guess: 0, now: 0);
        }

        Assert.That(delays.Take(3), Is.All.Zero);
        Assert.That(delays, Is.Ordered);
        Assert.That(delays[^1], Is.EqualTo(8000));
        Assert.That(penalties.Delay(Source("192.0.2.2"), now: 0), Is.EqualTo(TimeSpan.Zero));
        Assert.That(penalties.Delay(Source("192.0.2.1"), now: 60_000).TotalMilliseconds, Is.InRange(1, 7999));
        Assert.That(penalties.Delay(Source("192.0.2.1"), now: 86_400_000), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void The_same_wrong_password_again_does_not_count_and_another_does()
    {
        var penalties = new SourcePenalties(maxSources: 10);
        SourceAddress phone = Source("192.0.2.1");
        for (int minute = 0; minute < 60; minute++)
        {
            Assert.That(penalties.Add(phone, guess: 1, now: minute * 1000), Is.EqualTo(minute == 0));
        }
        Assert.That(penalties.Add(Source("192.0.2.2"), guess: 1, now: 0), Is.True, "what one address guessed is another's first guess");
        Assert.That(penalties.Delay(phone, now: 60_000), Is.EqualTo(TimeSpan.Zero));

        Assert.That(Enumerable.Range(2, 5).Select(guess => penalties.Add(phone, (ulong)guess, now: 60_000)), Is.All.True);
        Assert.That(penalties.Delay(phone, now: 60_000), Is.GreaterThan(TimeSpan.Zero));
    }

    [Test]
    public void Of_the_wrong_passwords_of_an_address_the_latest_few_are_remembered()
    {
        var penalties = new SourcePenalties(maxSources: 10);
        for (ulong guess = 1; guess <= 9; guess++)
        {
            penalties.Add(Source("192.0.2.1"), guess, now: 0);
            Assert.That(penalties.Add(Source("192.0.2.1"), guess: 1, now: 0), Is.False, "who keeps coming stays known");
        }

        Assert.That(penalties.Add(Source("192.0.2.1"), guess: 9, now: 0), Is.False);
        Assert.That(penalties.Add(Source("192.0.2.1"), guess: 2, now: 0), Is.True);
    }

    [Test]
    public void Whoever_logs_in_halves_what_counts_against_his_address()
    {
        var penalties = new SourcePenalties(maxSources: 10);
        for (int failure = 0; failure < 20; failure++)
        {
            penalties.Add(Source("192.0.2.1"), guess: 0, now: 0);
        }
        penalties.Succeed(Source("192.0.2.2"), now: 0);
        List<TimeSpan> delays = [penalties.Delay(Source("192.0.2.1"), now: 0)];
        for (int login = 0; login < 3; login++)
        {
            penalties.Succeed(Source("192.0.2.1"), now: 0);
            delays.Add(penalties.Delay(Source("192.0.2.1"), now: 0));
        }

        Assert.That(delays, Is.Ordered.Descending);
        Assert.That(delays.Distinct().Count(), Is.EqualTo(4));
        Assert.That(delays[^1], Is.EqualTo(TimeSpan.Zero));
        Assert.That(penalties.Count, Is.EqualTo(1), "nothing is remembered of who never failed");
    }

    [Test]
    public void What_is_remembered_of_failures_is_bounded_and_the_oldest_goes_first()
    {
        var penalties = new SourcePenalties(maxSources: 2);
        for (int failure = 0; failure < 4; failure++)
        {
            penalties.Add(Source("192.0.2.1"), guess: 0, now: 0);
        }
        penalties.Add(Source("192.0.2.2"), guess: 0, now: 0);
        penalties.Add(Source("192.0.2.3"), guess: 0, now: 0);

        Assert.That(penalties.Count, Is.EqualTo(2));
        Assert.That(penalties.Delay(Source("192.0.2.1"), now: 0), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void A_budget_allows_a_burst_and_then_so_much_a_second()
    {
        var budget = new MessageBudget(burst: 3, perSecond: 2);
        long start = Environment.TickCount64;

        Assert.That(Enumerable.Range(0, 4).Select(_ => budget.TryTake(start)), Is.EqualTo(new[] { true, true, true, false }));
        Assert.That(budget.TryTake(start + 600), Is.True);
        Assert.That(budget.TryTake(start + 600), Is.False);
    }

    [Test]
    public void Back_off_grows_to_a_bound_and_ends_with_the_first_success()
    {
        var backOff = new BackOff();
        List<TimeSpan> delays = [];
        for (int failure = 0; failure < 50; failure++)
        {
            delays.Add(backOff.Delay);
            backOff.Failed();
        }

        Assert.That(delays[0], Is.EqualTo(TimeSpan.Zero));
        Assert.That(delays, Is.Ordered);
        Assert.That(delays[^1], Is.EqualTo(TimeSpan.FromSeconds(5)));
        backOff.Succeeded();
        Assert.That(backOff.Delay, Is.EqualTo(TimeSpan.Zero));
    }

    private static SourceAddress Source(string address) => SourceAddress.Of(IPAddress.Parse(address));

    private sealed class FakeSession(int idleSeconds) : IUserSession
    {
        public TimeSpan Idle => TimeSpan.FromSeconds(idleSeconds);
    }
}
