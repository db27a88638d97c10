using Imapd.Master.Configuration;
using Mono.Unix.Native;
using Serilog;

namespace Imapd.Master.Tls;

/// <summary>
/// The certificates in use. They are read again when somebody asks and when a file has changed, however that came about:
/// written, renamed, or another behind a symbolic link. What cannot be used, perhaps because it is half written, changes nothing
/// but the log, and is tried again. Before one expires it says so.
/// </summary>
internal sealed class CertificateKeeper
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromMinutes(1);

    private readonly IReadOnlyList<CertificateFiles> _files;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private volatile CertificateSet _current;
    private IReadOnlyList<FileStamp> _stamps;
    private int[] _told;
    private string? _complaint;
    private long _checkedAt = Environment.TickCount64;

    /// <exception cref="UsageException">One of them cannot be used.</exception>
    public CertificateKeeper(IReadOnlyList<CertificateFiles> files, ILogger log)
    {
        _files = files;
        _log = log;
        _stamps = ReadStamps();
        _current = CertificateSet.Load(files);
        _told = new int[files.Count];
        WarnOfBeginning(DateTimeOffset.UtcNow);
        WarnOfExpiry(DateTimeOffset.UtcNow);
    }

    /// <summary>What handshakes use from now on.</summary>
    public CertificateSet Current => _current;

    /// <summary>Reads all files again, changed or not.</summary>
    public void Reload()
    {
        lock (_lock)
        {
            _complaint = null;
            TryLoad(DateTimeOffset.UtcNow);
        }
    }

    /// <summary>Looks at the files when it is time to, without being waited for. Called every second.</summary>
    public void Tick()
    {
        if (Environment.TickCount64 - _checkedAt >= CheckEvery.TotalMilliseconds)
        {
            _checkedAt = Environment.TickCount64;
            _ = Task.Run(() => Check(DateTimeOffset.UtcNow));
        }
    }

    /// <summary>Reads the files again if one has changed, and warns of what expires.</summary>
    /// <param name="now">The time that certificates are compared with.</param>
    public void Check(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (ReadStamps().SequenceEqual(_stamps))
            {
                _complaint = null;
            }
            else
            {
                TryLoad(now);
            }
            WarnOfExpiry(now);
        }
    }

    private void TryLoad(DateTimeOffset now)
    {
        IReadOnlyList<FileStamp> stamps = ReadStamps(); // before the files: what changes in between is read once more
        try
        {
            _current = CertificateSet.Load(_files);
            _stamps = stamps;
            _told = new int[_files.Count];
            _complaint = null;
            foreach (CertificateFiles file in _files)
            {
                _log.Information("certificate reloaded file={File}", file.CertificatePath);
            }
            WarnOfBeginning(now);
            WarnOfExpiry(now);
        }
        catch (UsageException error) when (error.Message == _complaint)
        {
            // said before; the files are tried again
        }
        catch (UsageException error)
        {
            _complaint = error.Message;
            _log.Error("certificate not reloaded, the old one stays: {Reason:l}", error.Message);
        }
    }

    private void WarnOfBeginning(DateTimeOffset now)
    {
        foreach (string warning in _current.All.Select(certificate => CertificateExpiry.NotYet(certificate, now)).OfType<string>())
        {
            _log.Warning("{Warning:l}", warning);
        }
    }

    private void WarnOfExpiry(DateTimeOffset now)
    {
        for (int index = 0; index < _told.Length; index++)
        {
            ServerCertificate certificate = _current.All[index];
            int stage = CertificateExpiry.Stage(certificate, now);
            if (stage > _told[index])
            {
                _told[index] = stage;
                _log.Warning("{Warning:l}", CertificateExpiry.Text(certificate, now));
            }
        }
    }

    private IReadOnlyList<FileStamp> ReadStamps() =>
        [.. _files.SelectMany(files => new[] { files.CertificatePath, files.KeyPath }).OfType<string>().Select(FileStamp.Of)];

    /// <summary>What of a file changes when it is written or replaced; all zero when it is not there.</summary>
    private readonly record struct FileStamp(ulong Device, ulong Inode, long Size, long Modified, long ModifiedPart, long Changed, long ChangedPart)
    {
        public static FileStamp Of(string path) => Syscall.stat(path, out Stat stat) == 0
            ? new FileStamp(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime, stat.st_mtime_nsec, stat.st_ctime, stat.st_ctime_nsec)
            : default;
    }
}
