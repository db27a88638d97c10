using System.Runtime.InteropServices;
using Imapd.Bench;
using Imapd.Bench.Lines;
using Imapd.Bench.Report;
using Imapd.Bench.Servers;
using Imapd.Tests.EndToEnd.Harness;

Options options;
try
{
    options = Options.Parse(args);
}
catch (ArgumentException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
Scale scale = options.IsQuick ? Scale.Quick : Scale.Full;
List<Line> lines = [.. AllLines.Of(scale).Where(line => options.Wants(line.Name))];
if (options.ListsOnly || lines.Count == 0)
{
    Console.WriteLine(string.Join('\n', AllLines.Of(scale).Select(line => line.Name)));
    return options.ListsOnly ? 0 : 2;
}

// An interrupted run ends after the measurement under way, and removes what it made.
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

SystemUser.RemoveLeftBehind();
using var directory = new WorkDirectory();
using var certificate = new Certificate();
using PamService permits = PamService.ThatPermits();
using PamService accounts = PamService.ForSystemAccounts();
var sides = new List<Side>();
TextWriter progress = options.IsMarkdown ? Console.Error : Console.Out;
var rows = new List<Row>();
try
{
    directory.RequireFree(scale.RequiredGigabytes);
    sides.Add(new Side(how => new ImapdServer(certificate, Pam(how), how), directory.Path, scale));
    if (DovecotServer.IsInstalled)
    {
        sides.Add(new Side(how => new DovecotServer(certificate, Pam(how)), directory.Path, scale));
    }
    else
    {
        progress.WriteLine("Dovecot 2.3 is not installed (dovecot-imapd): nothing to compare with");
    }
    string conditions = Conditions.Describe(options, directory.Path);
    progress.WriteLine(conditions);
    var runner = new Runner(sides, options.Rounds, progress);
    runner.MakeMail(lines, stop.Token);
    progress.WriteLine(Table.TextHeader);
    foreach (Line line in lines)
    {
        foreach (Row row in runner.Measure(line, stop.Token))
        {
            rows.Add(row);
            progress.WriteLine(Table.Text(row));
        }
    }
    progress.WriteLine($"{rows.Count(row => row.FallsShort)} rows fall short of half of Dovecot's (!), {rows.Count(row => row.IsWorse)} are worse than it (!!)");
    if (options.IsMarkdown)
    {
        Console.WriteLine($"{conditions}\n\n{Table.MarkdownHeader}");
        rows.ForEach(row => Console.WriteLine(Table.Markdown(row)));
    }
    return 0;
}
catch (Exception error) when (error is IOException || stop.IsCancellationRequested)
{
    // When it was interrupted, servers may have ended before their clients.
    Console.Error.WriteLine(error.Message);
    return 1;
}
finally
{
    sides.ForEach(side => side.Dispose());
}

PamService Pam(StartOptions how) => how.HashesPasswords ? accounts : permits;

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
