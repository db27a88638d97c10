using Imapd.Protocol.Handoff;

namespace Imapd.Master.Configuration;

/// <summary>Where mail is, of <c>mail-location</c> and <c>maildir-path</c>: two ways to say it, of which one counts.</summary>
/// <param name="Location">The place of each user's mail; null: it is in memory.</param>
/// <param name="Base">What <c>maildir-path</c> says, when that is what counts.</param>
internal readonly record struct MailPlace(MailLocation? Location, string? Base)
{
    private const string LocationName = "mail-location";
    private const string BaseName = "maildir-path";

    /// <summary>Where one worker serves everybody, mail is here.</summary>
    private const string UsualBase = "/var/mail";

    /// <param name="options">What was written.</param>
    /// <param name="storage">In memory nobody has a say.</param>
    /// <param name="isEachHisOwn">Whether a session becomes its user; otherwise one process has to reach everybody's mail.</param>
    /// <exception cref="UsageException">It cannot be.</exception>
    public static MailPlace Read(OptionValues options, StorageKind storage, bool isEachHisOwn)
    {
        if (storage == StorageKind.Memory)
        {
            return default;
        }
        OptionValue? location = options.Find(LocationName);
        OptionValue? path = options.Find(BaseName);
        if (location is not null && path is not null)
        {
            // What was typed takes the place of what the file says, also where it is said in the other way.
            bool isTyped = location.Value.Place is null;
            if (isTyped == path.Value.Place is null)
            {
                throw new UsageException($"{options.Called(LocationName)} and {options.Called(BaseName)} exclude each other");
            }
            location = isTyped ? location : null;
        }
        return location is { } written ? OfLocation(written, isEachHisOwn)
            : path is { } named ? OfBase(named)
            : isEachHisOwn ? new MailPlace(MailLocation.Default, null)
            : OfBase(new OptionValue(UsualBase, Place: null));
    }

    private static MailPlace OfLocation(OptionValue written, bool isEachHisOwn)
    {
        if (!MailLocation.TryParse(written.Text, out MailLocation? location, out string problem))
        {
            throw OptionValues.Refuse(LocationName, written, problem);
        }
        if (!isEachHisOwn)
        {
            string common = location.CommonDirectory ?? throw OptionValues.Refuse(
                LocationName, written, "is in the users' homes, which takes a process for each of them: --fork");
            if (!Directory.Exists(common))
            {
                throw OptionValues.Refuse(LocationName, written, $"is below {common}, which is not a directory");
            }
        }
        return new MailPlace(location, null);
    }

    private static MailPlace OfBase(OptionValue written)
    {
        string absolute = SettingsReader.Absolute(written)!;
        return Directory.Exists(absolute)
            ? new MailPlace(MailLocation.Below(absolute), absolute)
            : throw OptionValues.Refuse(BaseName, written with { Text = absolute }, "is not a directory");
    }
}
