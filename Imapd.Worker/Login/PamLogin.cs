using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Imapd.Protocol.Handoff;
using Imapd.Worker.Native;

namespace Imapd.Worker.Login;

/// <summary>
/// Asks PAM whether a password is right and its account may be used, and the user database who that is. Runs as root, and
/// touches no file of the user's. Every refusal but those that say so themselves (expired, unavailable) takes the same
/// way and the same time: an unknown name, a wrong password, a locked account and uid 0 look alike from outside.
/// </summary>
/// <param name="service">The PAM service.</param>
/// <param name="minUserId">The lowest uid that may log in; 0 never may.</param>
/// <param name="peerAddress">The client's address, for PAM_RHOST; empty for none.</param>
/// <param name="rules">By which names who may log in.</param>
internal sealed class PamLogin(string service, uint minUserId, string peerAddress, LoginRules rules)
{
    private const string Terminal = "imapd";
    private const int MaxClosedLetters = 200; // a line on a screen, with its tag and code

    // Hashing a password takes some 40 ms, and an unknown name spares it: a refusal takes half a second even where the PAM
    // configuration asks for no delay ("nodelay"), and hides the difference. PAM's own delays are 2 s and little more.
    private const int LeastRefusalMilliseconds = 500;
    private const int MostRefusalMilliseconds = 30_000;

    /// <summary>
    /// The files with which an administrator closes the host, as pam_nologin has them (nologin(5)): its refusal is not told from
    /// others by its result.
    /// </summary>
    public IReadOnlyList<string> ClosingFiles { get; init; } = ["/etc/nologin", "/run/nologin"];

    /// <summary>One attempt. The caller wipes <paramref name="password"/>; every copy made here is wiped here.</summary>
    public PamResult Attempt(string sent, byte[] password)
    {
        long start = Stopwatch.GetTimestamp();
        string user = rules.NameOf(sent);
        bool isPossible = LoginName.IsPossible(user) && LoginName.IsPossiblePassword(password);
        var conversation = new PamConversation(isPossible ? password : []);
        PamResult result = Ask(isPossible ? user : LoginName.Impossible, conversation, isKnown: false);
        if (result.Identity is null && !isPossible && result.Failure != LoginFailure.Unavailable)
        {
            result = PamResult.Failed(LoginFailure.BadCredentials, "no account has such a name or password");
        }
        if (result.Failure is LoginFailure.BadCredentials or LoginFailure.RefusedByPolicy)
        {
            SitOut(start, conversation.DelayMicroseconds);
        }
        return WithTexts(result, conversation);
    }

    /// <summary>
    /// For a user who is known without a password: whether the account may be used, and all that belongs to a login but the
    /// password.
    /// </summary>
    public PamResult Admit(string user)
    {
        var conversation = new PamConversation([]);
        PamResult result = LoginName.IsPossible(user)
            ? Ask(user, conversation, isKnown: true)
            : PamResult.Failed(LoginFailure.BadCredentials, "no account has such a name");
        return WithTexts(result, conversation);
    }

    private static PamResult WithTexts(PamResult result, PamConversation conversation)
    {
        if (result.Session is null)
        {
            conversation.Dispose();
        }
        return conversation.Texts.Count == 0
            ? result
            : result with { Detail = $"{result.Detail} ({string.Join("; ", conversation.Texts)})" };
    }

    private static void SitOut(long start, uint delayMicroseconds)
    {
        long milliseconds = Math.Clamp(delayMicroseconds / 1000, LeastRefusalMilliseconds, MostRefusalMilliseconds);
        TimeSpan left = TimeSpan.FromMilliseconds(milliseconds) - Stopwatch.GetElapsedTime(start);
        if (left > TimeSpan.Zero)
        {
            Thread.Sleep(left);
        }
    }

    private PamResult Ask(string user, PamConversation conversation, bool isKnown)
    {
        try
        {
            int status = Pam.pam_start(service, user, conversation.ToNative(), out nint handle);
            if (status != Pam.Success)
            {
                return PamResult.Failed(LoginFailure.Unavailable, $"pam_start: error {status}");
            }
            PamResult? result = null;
            try
            {
                return result = Phases(handle, conversation, isKnown, ref status);
            }
            finally
            {
                if (result?.Session is null)
                {
                    _ = Pam.pam_end(handle, status);
                }
            }
        }
        catch (Exception error) when (error is SystemCallException or DllNotFoundException or EntryPointNotFoundException)
        {
            return PamResult.Failed(LoginFailure.Unavailable, error.Message);
        }
    }

    private PamResult Phases(nint handle, PamConversation conversation, bool isKnown, ref int status)
    {
        if ((status = PamConversation.TakeDelays(handle)) != Pam.Success
            || (status = Pam.pam_set_item(handle, Pam.ItemTty, Terminal)) != Pam.Success
            || (peerAddress.Length > 0
                && (status = Pam.pam_set_item(handle, Pam.ItemRemoteHost, peerAddress)) != Pam.Success))
        {
            return Failed(handle, "pam_set_item", status, LoginFailure.Unavailable);
        }
        if (!isKnown && (status = Pam.pam_authenticate(handle, Pam.FlagSilent | Pam.FlagNoEmptyPassword)) != Pam.Success)
        {
            LoginFailure failure = conversation.RefusedPrompt ? LoginFailure.BadCredentials : FailureOf(status);
            string call = conversation.RefusedPrompt
                ? "pam_authenticate (a module asked for more than a password)"
                : "pam_authenticate";
            return Failed(handle, call, status, failure);
        }
        int said = conversation.Texts.Count;
        if ((status = Pam.pam_acct_mgmt(handle, Pam.FlagSilent | Pam.FlagNoEmptyPassword)) != Pam.Success)
        {
            return status == Pam.AuthenticationError && ClosingFiles.Any(File.Exists)
                ? Failed(handle, "pam_acct_mgmt", status, LoginFailure.Unavailable) with { PublicText = Closed(conversation.Texts.Skip(said)) }
                : Failed(handle, "pam_acct_mgmt", status, AsPolicy(FailureOf(status)));
        }

        // Modules may have changed the name: the one they ended with is who has been authenticated.
        string name = UserItem(handle);
        if (name.Length == 0 || AccountDatabase.FindByName(name) is not { } account)
        {
            return PamResult.Failed(LoginFailure.BadCredentials, "PAM knows the user, the user database does not");
        }
        if (account.UserId == 0 || account.UserId < minUserId)
        {
            return PamResult.Failed(LoginFailure.RefusedByPolicy, $"uid {account.UserId} does not log in here");
        }
        uint[] groups = AccountDatabase.GroupsOf(account.Name, account.GroupId);
        if (rules.WhyNot(account.Name, () => [.. groups.Select(AccountDatabase.GroupName).OfType<string>()]) is { } why)
        {
            return PamResult.Failed(LoginFailure.RefusedByPolicy, why);
        }
        if ((status = Pam.pam_setcred(handle, Pam.FlagSilent | Pam.FlagEstablish)) != Pam.Success)
        {
            return Failed(handle, "pam_setcred", status, AsPolicy(FailureOf(status)));
        }
        if ((status = Pam.pam_open_session(handle, Pam.FlagSilent)) != Pam.Success)
        {
            _ = Pam.pam_setcred(handle, Pam.FlagSilent | Pam.FlagDelete);
            return Failed(handle, "pam_open_session", status, AsPolicy(FailureOf(status)));
        }
        Dictionary<string, string> environment = UserEnvironment.LetThrough(handle);
        return PamResult.Success(
            new UserIdentity(account.Name, account.UserId, account.GroupId, groups, account.Home, account.Shell, environment),
            new PamSession(handle, conversation, environment.ContainsKey(UserEnvironment.Tickets)));
    }

    // The first line of what the administrator wrote for his users, if he wrote something.
    private static string Closed(IEnumerable<string> texts)
    {
        string line = texts.SelectMany(text => text.Split('\n')).Select(text => text.Trim()).FirstOrDefault(text => text.Length > 0)
            ?? "Nobody can log in at present";
        return line[..Math.Min(line.Length, MaxClosedLetters)];
    }

    private static unsafe PamResult Failed(nint handle, string call, int status, LoginFailure failure)
    {
        byte* text = Pam.pam_strerror(handle, status);
        string meaning = text is null
            ? $"error {status}"
            : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
        return PamResult.Failed(failure, $"{call}: {meaning}");
    }

    /// <summary>What a result of PAM means for the client. What is not listed is PAM not working.</summary>
    internal static LoginFailure FailureOf(int status) => status switch
    {
        Pam.AuthenticationError or Pam.UserUnknown or Pam.MaxTries or Pam.PermissionDenied
            or Pam.ConversationError or Pam.PasswordRecoveryError => LoginFailure.BadCredentials,
        Pam.NewPasswordRequired or Pam.AccountExpired or Pam.PasswordExpired => LoginFailure.Expired,
        _ => LoginFailure.Unavailable,
    };

    // After the password was right, a refusal is the administrator's; the log may say so.
    private static LoginFailure AsPolicy(LoginFailure failure) =>
        failure == LoginFailure.BadCredentials ? LoginFailure.RefusedByPolicy : failure;

    private static unsafe string UserItem(nint handle)
    {
        byte* name = null;
        return Pam.pam_get_item(handle, Pam.ItemUser, &name) == Pam.Success && name is not null
            ? Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name))
            : "";
    }
}
