using Imapd.Worker.Native;

namespace Imapd.Worker.Login;

/// <summary>
/// An open session of PAM. It has to come to an end while the process is still root, for nobody is left afterwards who may
/// close it: either it is closed, or it is left as it is because modules made something that has to outlive it.
/// </summary>
/// <param name="handle">What pam_start gave; ended here.</param>
/// <param name="conversation">Disposed after it.</param>
/// <param name="hasTickets">A module has made Kerberos tickets, which closing would destroy.</param>
internal sealed class PamSession(nint handle, PamConversation conversation, bool hasTickets) : IDisposable
{
    private bool _isOver;

    /// <summary>
    /// The user goes on: closes the session, or, when there are tickets, leaves it open for good. Limits, a home directory that
    /// was made and the like stay in either case.
    /// </summary>
    public void Leave()
    {
        if (!hasTickets)
        {
            Close(deletesCredentials: false);
        }
        else if (!_isOver)
        {
            End(Pam.Success | Pam.DataSilent);
        }
    }

    /// <summary>The user does not go on: closes the session and takes back his credentials.</summary>
    public void Dispose() => Close(deletesCredentials: true);

    private void Close(bool deletesCredentials)
    {
        if (_isOver)
        {
            return;
        }
        int status = Pam.pam_close_session(handle, Pam.FlagSilent);
        if (deletesCredentials)
        {
            _ = Pam.pam_setcred(handle, Pam.FlagSilent | Pam.FlagDelete);
        }
        End(status);
    }

    private void End(int status)
    {
        _isOver = true;
        _ = Pam.pam_end(handle, status);
        conversation.Dispose();
    }
}
