using System.Text;
using Mono.Unix.Native;

namespace Imapd.Master.Configuration;

/// <summary>
/// Reads the configuration file: lines of <c>key = value</c>, and <c>include</c> with a file or a pattern of files. A value
/// written later takes the place of one written earlier in another file; twice in one file is a mistake. Options that repeat add up.
/// </summary>
internal sealed class ConfigFile
{
    private const int MaxOctets = 1 << 20;
    private const char ByteOrderMark = '\uFEFF';
    private const int MaxFiles = 100;
    private const int MaxDepth = 8;
    private const FilePermissions WritableByOthers = FilePermissions.S_IWGRP | FilePermissions.S_IWOTH;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly bool _isRoot;
    private readonly OptionValues _values = new();
    private readonly List<string> _open = [];
    private int _files;

    private ConfigFile(bool isRoot) => _isRoot = isRoot;

    /// <summary>Everything the file and those it includes say.</summary>
    /// <param name="path">The file; relative to the working directory.</param>
    /// <param name="isRoot">What it says is done as root: only who owns it, root, may write to it.</param>
    /// <exception cref="UsageException">It cannot be read or holds a mistake; says where, and what was expected.</exception>
    public static OptionValues Read(string path, bool isRoot)
    {
        var reader = new ConfigFile(isRoot);
        reader.ReadFile(Path.GetFullPath(path), includedAt: null);
        return reader._values;
    }

    private static UsageException Refuse(string place, string what) => new($"{place}: {what}");

    private void ReadFile(string path, string? includedAt)
    {
        string prefix = includedAt is null ? "" : includedAt + ": ";
        if (_open.Contains(path))
        {
            throw new UsageException($"{prefix}{path} includes itself");
        }
        if (_open.Count == MaxDepth || ++_files > MaxFiles)
        {
            throw new UsageException($"{prefix}files may include each other {MaxDepth} deep, and be {MaxFiles} in all");
        }
        _open.Add(path);
        HashSet<string> written = [];
        string[] lines = ReadText(path, prefix).Split('\n');
        for (int index = 0; index < lines.Length; index++)
        {
            string place = $"{path}:{index + 1}";
            if (ConfigLine.Parse(lines[index], place) is ConfigLine line)
            {
                Take(line, place, written);
            }
        }
        _open.RemoveAt(_open.Count - 1);
    }

    private string ReadText(string path, string prefix)
    {
        // Opening a pipe would wait for whoever writes to it.
        if (Syscall.stat(path, out Stat stat) == 0 && (stat.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFREG)
        {
            throw new UsageException($"{prefix}{path} is not a regular file");
        }
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (_isRoot)
            {
                RequireOwner(file, path, prefix); // of the open file: what is checked is what is read
            }
            byte[] octets = new byte[MaxOctets + 1];
            int length = file.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false);
            return length <= MaxOctets
                ? Utf8.GetString(octets, 0, length).TrimStart(ByteOrderMark)
                : throw new UsageException($"{prefix}{path} is larger than a configuration file may be ({MaxOctets} octets)");
        }
        catch (DecoderFallbackException)
        {
            throw new UsageException($"{prefix}{path} is not text in UTF-8");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"{prefix}there is no file {path}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{prefix}{path} cannot be read: {error.Message}");
        }
    }

    private static void RequireOwner(FileStream file, string path, string prefix)
    {
        bool isRead = Syscall.fstat((int)file.SafeFileHandle.DangerousGetHandle(), out Stat stat) == 0;
        if (!isRead || stat.st_uid != 0 || (stat.st_mode & WritableByOthers) != 0)
        {
            throw new UsageException(
                $"{prefix}{path} can be changed by others than root: chown root {path} && chmod go-w {path}");
        }
    }

    private void Take(ConfigLine line, string place, HashSet<string> written)
    {
        if (line.Key == "include")
        {
            Include(line, place);
            return;
        }
        if (OptionTable.Find(line.Key) is not OptionRow row)
        {
            throw Refuse(place, $"'{line.Key}' is no option; imapd.conf(5) has them all");
        }
        if (row.IsCommandLineOnly)
        {
            throw Refuse(place, $"{row.Name} has its place on the command line only");
        }
        if (line.Values.Contains(""))
        {
            throw Refuse(place, $"{row.Name} has no value");
        }
        bool isFirst = written.Add(row.Name);
        if (!isFirst && !row.Repeats)
        {
            throw Refuse(place, $"{row.Name} was given in this file before");
        }
        if (line.Values.Count > 1 && !row.Repeats)
        {
            throw Refuse(place, $"{row.Name} takes one value; one with spaces in it stands in quotation marks");
        }
        if (row.IsSwitch && line.Values is not ["yes" or "no"])
        {
            throw Refuse(place, $"{row.Name} is yes or no, not '{line.Values[0]}'");
        }
        if (isFirst && row.IsOfOneFile)
        {
            _values.Forget(row.Name);
        }
        foreach (string value in line.Values)
        {
            _values.Add(row.Name, new OptionValue(value, place));
        }
    }

    private void Include(ConfigLine line, string place)
    {
        if (line.Values is not [string wanted])
        {
            throw Refuse(place, "include takes one file, or one pattern such as conf.d/*.conf");
        }
        string path = Path.GetFullPath(wanted, Path.GetDirectoryName(_open[^1])!);
        string name = Path.GetFileName(path);
        if (!name.Contains('*') && !name.Contains('?'))
        {
            ReadFile(path, place);
            return;
        }
        string directory = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
        {
            throw Refuse(place, $"there is no directory {directory}");
        }
        try
        {
            // As shells have it: what begins with a full stop, as the locks of editors do, is meant by none.
            foreach (string file in Directory.GetFiles(directory, name).Order(StringComparer.Ordinal)
                .Where(file => Path.GetFileName(file)[0] != '.' || name[0] == '.'))
            {
                ReadFile(file, place);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refuse(place, $"{directory} cannot be listed: {error.Message}");
        }
    }
}
