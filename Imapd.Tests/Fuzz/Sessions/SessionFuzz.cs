using System.Diagnostics;
using System.Globalization;
using Imapd.Tests.Responses;

namespace Imapd.Tests.Fuzz.Sessions;

/// <summary>
/// Sends inputs to sessions in one state. After each the server must answer, unless it has said BYE; everything it says is the
/// grammar; and the mail is unharmed.
/// </summary>
/// <param name="state">The state.</param>
/// <param name="seed">Makes the inputs; the same ones again, if the server answers the same.</param>
/// <param name="start">Starts a server with new mail.</param>
internal sealed class SessionFuzz(FuzzedState state, int seed, Func<FuzzedServer> start)
{
    private const int InputsPerServer = 200;
    private const int FillerLineOctets = 1000;

    private readonly Random _random = new(seed);
    private readonly List<byte[]> _sent = [];
    private FuzzedClient? _client;
    private int _marker;

    /// <summary>How many inputs were sent.</summary>
    public int Tried { get; private set; }

    /// <summary>How often the server has ended the connection, always with BYE.</summary>
    public int Goodbyes { get; private set; }

    /// <summary>Goes on until the time is over or so many inputs were tried, and looks at the mail in the end.</summary>
    /// <exception cref="FuzzFailure">Something is wrong; what was sent is in a file that the message names.</exception>
    public void Run(TimeSpan duration, int maxInputs = int.MaxValue)
    {
        long begin = Stopwatch.GetTimestamp();
        var inputs = new ClientInputs(_random);
        while (Stopwatch.GetElapsedTime(begin) < duration && Tried < maxInputs)
        {
            using FuzzedServer server = start();
            server.StoreKept();
            try
            {
                for (int i = 0; i < InputsPerServer && Stopwatch.GetElapsedTime(begin) < duration && Tried < maxInputs; i++)
                {
                    _client ??= Connect(server);
                    Try(inputs.Next(_client.Connection.Utf8));
                    Tried++;
                }

                Leave();
                server.CheckUnharmed();
            }
            catch (Exception error)
            {
                throw Explained(error);
            }
            finally
            {
                Leave();
            }
        }
    }

    private FuzzedClient Connect(FuzzedServer server)
    {
        _sent.Clear();
        FuzzedClient client = server.Connect();
        Response greeting = client.Connection.Read() ?? throw new FuzzFailure("no greeting");
        Require(greeting.Name == "OK", () => $"greeted with {greeting}");
        if (state.IsLoggedIn)
        {
            Require(client.Connection.Command(client.Login)[^1].Name == "OK", () => "the login failed");
            if (_random.Next(2) == 0)
            {
                client.Connection.Command(_random.Next(2) == 0 ? "ENABLE IMAP4rev2" : "ENABLE UTF8=ACCEPT");
            }
        }

        return client;
    }

    private void Leave()
    {
        _client?.Dispose();
        _client = null;
    }

    private void Try(ClientInput input)
    {
        string marker = string.Create(CultureInfo.InvariantCulture, $"Marker{++_marker}");
        byte[] preamble = System.Text.Encoding.Latin1.GetBytes(state.Preamble);
        byte[] sent = [.. preamble, .. input.Octets, .. "\r\n"u8];

        // The last literal's command goes on behind it; the empty line ends it.
        byte[] octets = [.. sent, .. Filler(ClientInputs.LiteralsIn(sent)), .. System.Text.Encoding.Latin1.GetBytes($"\r\n\r\n{marker} NOOP\r\n")];
        _sent.Add(octets);
        StrictConnection connection = _client!.Connection;

        // The server need not read on while nobody reads what it says.
        Task sending = Task.Run(() =>
        {
            try
            {
                connection.Send(octets);
            }
            catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException)
            {
                // It has hung up; what it said before is read below.
            }
        });
        List<string>? answered = ReadUpTo(marker, connection);
        sending.Wait();
        if (answered is null)
        {
            Goodbyes++;
            Leave();
            return;
        }

        bool isSwallowed = state.SwallowsFirst;
        foreach (string tag in input.Tags)
        {
            int answers = answered.Count(other => other == tag);
            Require(answers == 1 || (answers == 0 && isSwallowed), () => $"{tag} is answered {answers} times");
        }
    }

    /// <summary>The tags answered before the marker; null when the server has said goodbye.</summary>
    private static List<string>? ReadUpTo(string marker, StrictConnection connection)
    {
        var answered = new List<string>();
        bool hasSaidBye = false;
        while (connection.Read() is { } response)
        {
            hasSaidBye |= response.Name == "BYE";
            if (response.Tag == marker)
            {
                Require(response.Name == "OK" && !hasSaidBye, () => $"NOOP is answered with {response}");
                return answered;
            }

            answered.Add(response.Tag);
        }

        Require(hasSaidBye, () => "the connection ended without BYE");
        return null;
    }

    // What literals have been promised, in lines of which none is a command.
    private static byte[] Filler(int octets)
    {
        if (octets == 0)
        {
            return [];
        }

        byte[] filler = new byte[octets];
        filler.AsSpan().Fill((byte)'x');
        for (int at = FillerLineOctets; at < octets; at += FillerLineOctets)
        {
            "\r\n"u8.CopyTo(filler.AsSpan(at - 2));
        }

        return filler;
    }

    private FuzzFailure Explained(Exception error)
    {
        Directory.CreateDirectory(FuzzRun.ResultsDirectory);
        string path = Path.Combine(FuzzRun.ResultsDirectory, string.Create(CultureInfo.InvariantCulture, $"{state.Name}-{seed}"));
        File.WriteAllBytes(path, [.. _sent.SelectMany(static octets => octets)]);
        return new FuzzFailure(string.Create(
            CultureInfo.InvariantCulture,
            $"{error}\nafter {Tried} inputs. What the last client sent is in {path}; the last of it:\n{System.Text.Encoding.Latin1.GetString(_sent.Count > 0 ? _sent[^1] : [])}\nTo come to it again: make fuzz TARGET={state.Name} SEED={seed}"));
    }

    private static void Require(bool condition, Func<string> otherwise)
    {
        if (!condition)
        {
            throw new FuzzFailure(otherwise());
        }
    }
}
