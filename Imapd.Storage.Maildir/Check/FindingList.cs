using System.Globalization;
using System.Text;
using Imapd.Storage.Maildir.Native;

namespace Imapd.Storage.Maildir.Check;

/// <summary>Collects findings of one mailbox, and carries out what is to be done about them.</summary>
/// <param name="path">The mailbox's directory, relative to what is checked, octets; empty for that itself.</param>
internal sealed class FindingList(string path)
{
    // One fault often shows in every message; nobody reads a million lines.
    private const int MaxOfOneFile = 10;

    private readonly List<(Finding Finding, Remedy? Remedy)> _found = [];
    private readonly Dictionary<string, int> _count = [];
    private readonly Dictionary<string, FindingSeverity> _worst = [];

    /// <summary>Whether something that was done needs a look at the mailbox.</summary>
    public bool NeedsLook { get; private set; }

    /// <summary>Whether something that was found needs a look at the mailbox.</summary>
    public bool WantsLook => _found.Exists(static one => one.Remedy is { NeedsLook: true });

    /// <summary>The findings.</summary>
    public List<Finding> Result()
    {
        List<Finding> result = [.. _found.Select(static one => one.Finding)];
        foreach ((string file, int count) in _count.Where(static one => one.Value > MaxOfOneFile))
        {
            result.Add(new Finding(
                _worst[file], Printable(Below(file)), $"{count - MaxOfOneFile} findings more like these", null, RepairState.None));
        }

        return result;
    }

    /// <summary>Nothing is wrong for the user.</summary>
    public void Note(string file, string what, Remedy? remedy = null) => Add(FindingSeverity.Note, file, what, remedy);

    /// <summary>Something does not say what is true.</summary>
    public void Damage(string file, string what, Remedy? remedy = null) => Add(FindingSeverity.Damage, file, what, remedy);

    /// <summary>What was found earlier, before something was done about it: all of it that is found no more is repaired.</summary>
    public List<Finding> ResultAfter(FindingList earlier)
    {
        List<Finding> result = [];
        List<Finding> now = Result();
        foreach (Finding finding in earlier.Result())
        {
            int same = now.FindIndex(other => other.Path == finding.Path && other.What == finding.What);
            if (same < 0)
            {
                result.Add(finding with { State = RepairState.Done, Repair = finding.Repair ?? "look at the mailbox as a session does" });
                continue;
            }

            result.Add(now[same]);
            now.RemoveAt(same);
        }

        return [.. result, .. now];
    }

    /// <summary>Carries out remedies. The caller holds the mailbox's lock.</summary>
    public void Repair(Func<Remedy, bool> isWanted)
    {
        for (int i = 0; i < _found.Count; i++)
        {
            (Finding finding, Remedy? remedy) = _found[i];
            if (remedy is not null && isWanted(remedy))
            {
                _found[i] = (finding with { State = TryDo(remedy) ? RepairState.Done : RepairState.Failed }, remedy);
            }
        }
    }

    /// <summary>The look that was needed could not be taken.</summary>
    public void LookFailed()
    {
        for (int i = 0; i < _found.Count; i++)
        {
            if (_found[i].Remedy is { NeedsLook: true })
            {
                _found[i] = (_found[i].Finding with { State = RepairState.Failed }, _found[i].Remedy);
            }
        }
    }

    /// <summary>A name on disk as text that a terminal takes for nothing else.</summary>
    public static string Printable(string octets)
    {
        var text = new StringBuilder();
        foreach (char c in Octets.ToText(octets) ?? octets)
        {
            _ = char.IsControl(c) || c is '\x7f' or '\u2028' or '\u2029' || char.GetUnicodeCategory(c) == UnicodeCategory.Format
                ? text.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}")
                : text.Append(c);
        }

        return text.ToString();
    }

    private bool TryDo(Remedy remedy)
    {
        try
        {
            remedy.Do();
            NeedsLook |= remedy.NeedsLook;
            return true;
        }
        catch (Exception error) when (error is UnixException or StoreException)
        {
            return false;
        }
    }

    private void Add(FindingSeverity severity, string file, string what, Remedy? remedy)
    {
        _count[file] = _count.GetValueOrDefault(file) + 1;
        _worst[file] = severity > _worst.GetValueOrDefault(file) ? severity : _worst.GetValueOrDefault(file);
        if (_count[file] <= MaxOfOneFile)
        {
            RepairState state = remedy is null ? RepairState.None : RepairState.Offered;
            _found.Add((new Finding(severity, Printable(Below(file)), what, remedy?.What, state), remedy));
        }
    }

    private string Below(string file) => path.Length == 0 ? file : file.Length == 0 ? path : path + "/" + file;
}
