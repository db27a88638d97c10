using Imapd.Storage.Maildir.Index;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Does something with a message's file, which another program may have renamed since it was last seen.</summary>
/// <param name="look">The mailbox.</param>
internal sealed class MessageFinder(MailboxLook look)
{
    private const int MaxRounds = 4;

    /// <summary>What a client is told when a message's file could not be opened.</summary>
    /// <exception cref="StoreException">It is gone, or something else is in its place.</exception>
    /// <exception cref="UnixException">Another error.</exception>
    public static void ThrowUnlessThere(Errno error)
    {
        if (error == Errno.ENOENT)
        {
            throw new StoreException(StoreError.ExpungeIssued, "The message is gone");
        }

        if (error is Errno.ELOOP or Errno.ENXIO)
        {
            throw new StoreException(StoreError.Cannot, "Something that is no message is in the message's place");
        }

        if (error != Errno.None)
        {
            throw new UnixException("open", "message", error);
        }
    }

    /// <summary>Tries with the name last known; when that is gone, looks and tries again.</summary>
    /// <param name="uid">The message.</param>
    /// <param name="attempt">What is to be done, given the directory and the name.</param>
    /// <returns><see cref="Errno.ENOENT"/> when the message is gone.</returns>
    public Errno Try(uint uid, Func<DirectoryHandle, string, Errno> attempt)
    {
        string? tried = null;
        for (int round = 1; ; round++)
        {
            IndexView view = look.View;
            int place = view.IndexOf(uid);
            if (place < 0)
            {
                return Errno.ENOENT;
            }

            string name = view.NameAt(place);
            bool isInNew = view.RecordAt(place).IsInNew;
            Errno error = attempt(look.Files.Part(isInNew), name);
            if (error != Errno.ENOENT || round == MaxRounds)
            {
                return error;
            }

            if (name == tried)
            {
                // What was told does not explain it.
                look.Distrust();
            }

            tried = name;
            look.Refresh();
        }
    }

    /// <summary>Tries with the name last known alone. To be called where another mailbox's lock is held.</summary>
    /// <param name="uid">The message.</param>
    /// <param name="attempt">What is to be done, given the directory and the name.</param>
    /// <returns><see cref="Errno.ENOENT"/> when the message is gone or has another name.</returns>
    public Errno TryOnce(uint uid, Func<DirectoryHandle, string, Errno> attempt)
    {
        int place = look.View.IndexOf(uid);
        return place < 0
            ? Errno.ENOENT
            : attempt(look.Files.Part(look.View.RecordAt(place).IsInNew), look.View.NameAt(place));
    }
}
