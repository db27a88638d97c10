using Imapd.Storage.Maildir.Layout;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Scan;

/// <summary>Does something with a message's file, which another program may have renamed since it was last seen.</summary>
/// <param name="files">The mailbox.</param>
internal sealed class MessageFinder(MailboxFiles files)
{
    private readonly bool _isRemote = FileSystemKind.IsRemote(files.Directory);
    private FoundMessages? _found;
    private LookStamps _stamps;

    /// <summary>Tries with the name last known; when that is gone, searches once and tries again.</summary>
    /// <param name="state">The picture the message is in; its file name is put right there.</param>
    /// <param name="index">Its place in it.</param>
    /// <param name="attempt">What is to be done, given the directory and the name.</param>
    /// <returns><see cref="Errno.ENOENT"/> when the message is gone.</returns>
    public Errno Try(MailboxState state, int index, Func<DirectoryHandle, string, Errno> attempt)
    {
        Errno error = attempt(files.Part(state.Files.IsInNew[index]), state.Files.Names[index]);
        if (error != Errno.ENOENT || !Search(state, index))
        {
            return error;
        }

        return attempt(files.Part(state.Files.IsInNew[index]), state.Files.Names[index]);
    }

    // One listing serves all searches until the directories change: a thousand vanished messages cost one.
    private bool Search(MailboxState state, int index)
    {
        if (_found is null || !LookStamps.Of(files).Confirm(_stamps))
        {
            _stamps = LookStamps.Of(files).Settled(default, _isRemote);
            _found = FoundMessages.In(files);
        }

        int place = _found.PlaceOf(state.Files.Names[index]);
        if (place < 0)
        {
            return false;
        }

        state.Files.Names[index] = _found.Names[place];
        state.Files.IsInNew[index] = _found.IsInNew[place];
        return true;
    }
}
