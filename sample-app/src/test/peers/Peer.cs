// A peer on .NET: what it does for the tests of real peers is in README.md.
using System;
using System.Diagnostics;
using System.IO;
using System.IO.Pipes;
using System.Linq;
using System.Security.Principal;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

public static class Peer
{
    // Mono's compiler does not know it: .NET Core 2.1 and later
    private const PipeOptions CurrentUserOnly = (PipeOptions)0x20000000;

    public static int Main(string[] args)
    {
        try
        {
            switch (args[0] + " " + args[2])
            {
                case "client exchange": return Exchange(args[1], int.Parse(args[3]), int.Parse(args[4]), int.Parse(args[5]));
                case "client cut": return Cut(args[1]);
                case "client hold": return Hold(args[1]);
                case "client read": return Read(args[1]);
                case "client write": return Write(args[1], int.Parse(args[3]));
                case "client cancel": return Cancel(args[1]);
                case "client current-user": return CurrentUser(args[1]);
                case "client message": return Message(args[1]);
                case "client run-as": return AskAsOurselves(args[1], args[3]);
                case "server echo": return Serve(args[1], NamedPipeServerStream.MaxAllowedServerInstances, PipeOptions.Asynchronous);
                case "server one-instance": return Serve(args[1], 1, PipeOptions.Asynchronous);
                case "server current-user": return Serve(args[1], NamedPipeServerStream.MaxAllowedServerInstances, PipeOptions.Asynchronous | CurrentUserOnly);
                case "server read": return ServeReading(args[1]);
                case "server write": return ServeWriting(args[1], int.Parse(args[3]));
                case "server message": return ServeMessages(args[1]);
                case "server run-as": return ServeRunAs(args[1]);
                case "child lines": return Lines(args[1], args[3]);
                case "parent lines": return AskChild(int.Parse(args[1]), args.Skip(3).ToArray());
                default: throw new ArgumentException("unknown: " + string.Join(" ", args));
            }
        }
        catch (Exception ex)
        {
            Console.WriteLine("error: " + ex.GetType().Name + ": " + ex.Message);
            return 1;
        }
    }

    private static NamedPipeClientStream Connect(string name, PipeDirection direction = PipeDirection.InOut, PipeOptions options = PipeOptions.Asynchronous)
    {
        var pipe = new NamedPipeClientStream(".", name, direction, options);
        pipe.Connect(20000);
        return pipe;
    }

    private static int Exchange(string name, int count, int size, int connections)
    {
        var tasks = Enumerable.Range(0, connections).Select(n => Task.Factory.StartNew(() =>
        {
            using (var pipe = Connect(name))
            {
                for (var i = 0; i < count; i++)
                {
                    var sent = Pattern(size, n * 31 + i);
                    WriteFrame(pipe, sent);
                    var received = ReadFrame(pipe);
                    if (received == null || !sent.SequenceEqual(received))
                    {
                        throw new IOException("message " + i + " of connection " + n + " came back as another");
                    }
                }
            }
        }, TaskCreationOptions.LongRunning)).ToArray();
        Task.WaitAll(tasks);
        Console.WriteLine("ok " + count * connections);
        return 0;
    }

    private static int Cut(string name)
    {
        using (var pipe = Connect(name))
        {
            pipe.Write(new byte[] { 0, 0, 0, 100, 1, 2, 3 }, 0, 7);
            pipe.Flush();
        }
        Console.WriteLine("cut");
        return 0;
    }

    private static int Hold(string name)
    {
        using (var pipe = Connect(name))
        {
            WriteFrame(pipe, Pattern(5, 0));
            ReadFrame(pipe);
            Console.WriteLine("connected");
            Console.WriteLine(ReadFrame(pipe) == null ? "ended" : "something came");
        }
        return 0;
    }

    private static int Read(string name)
    {
        using (var pipe = Connect(name, PipeDirection.In))
        {
            Console.WriteLine("connected");
            for (var frame = ReadFrame(pipe); frame != null; frame = ReadFrame(pipe))
            {
                Console.WriteLine(Encoding.UTF8.GetString(frame));
            }
        }
        Console.WriteLine("ended");
        return 0;
    }

    private static int Write(string name, int count)
    {
        using (var pipe = Connect(name, PipeDirection.Out))
        {
            for (var i = 0; i < count; i++)
            {
                WriteFrame(pipe, Encoding.UTF8.GetBytes("message " + i));
            }
            if (Environment.OSVersion.Platform == PlatformID.Win32NT)
            {
                pipe.WaitForPipeDrain();
            }
        }
        Console.WriteLine("ok " + count);
        return 0;
    }

    private static int Cancel(string name)
    {
        using (var pipe = Connect(name))
        {
            var source = new CancellationTokenSource();
            var read = pipe.ReadAsync(new byte[10], 0, 10, source.Token);
            source.Cancel();
            try
            {
                read.GetAwaiter().GetResult();
                Console.WriteLine("not cancelled");
                return 1;
            }
            catch (OperationCanceledException)
            {
                Console.WriteLine("cancelled");
            }
        }
        return Exchange(name, 10, 64, 1);
    }

    private static int CurrentUser(string name)
    {
        using (var pipe = Connect(name, PipeDirection.InOut, PipeOptions.Asynchronous | CurrentUserOnly))
        {
            WriteFrame(pipe, Pattern(64, 1));
            Console.WriteLine(ReadFrame(pipe) == null ? "closed" : "ok 1");
        }
        return 0;
    }

    private static int Message(string name)
    {
        using (var pipe = Connect(name))
        {
            pipe.ReadMode = PipeTransmissionMode.Message;
            foreach (var size in new[] { 4, 2, 4, 5000 })
            {
                var sent = Pattern(size, size);
                pipe.Write(sent, 0, size);
                var received = ReadMessage(pipe);
                if (!sent.SequenceEqual(received))
                {
                    throw new IOException("a message of " + size + " bytes came back with " + received.Length);
                }
            }
        }
        Console.WriteLine("ok 4");
        return 0;
    }

    private static byte[] ReadMessage(PipeStream pipe)
    {
        var message = new MemoryStream();
        var buffer = new byte[1000];
        do
        {
            var count = pipe.Read(buffer, 0, buffer.Length);
            if (count == 0)
            {
                break;
            }
            message.Write(buffer, 0, count);
        }
        while (!pipe.IsMessageComplete);
        return message.ToArray();
    }

    private static int Serve(string name, int instances, PipeOptions options)
    {
        var pending = new NamedPipeServerStream(name, PipeDirection.InOut, instances, PipeTransmissionMode.Byte, options);
        Console.WriteLine("serving");
        while (true)
        {
            pending.WaitForConnection();
            var pipe = pending;
            if (instances == 1)
            {
                Echo(pipe);
                pipe.Disconnect();
            }
            else
            {
                pending = new NamedPipeServerStream(name, PipeDirection.InOut, instances, PipeTransmissionMode.Byte, options);
                new Thread(() => { using (pipe) { Echo(pipe); } }) { IsBackground = true }.Start();
            }
        }
    }

    private static void Echo(Stream pipe)
    {
        try
        {
            for (var frame = ReadFrame(pipe); frame != null; frame = ReadFrame(pipe))
            {
                WriteFrame(pipe, frame);
            }
        }
        catch (IOException)
        {
        }
    }

    private static int ServeReading(string name)
    {
        using (var pipe = new NamedPipeServerStream(name, PipeDirection.In, 1))
        {
            Console.WriteLine("serving");
            pipe.WaitForConnection();
            for (var frame = ReadFrame(pipe); frame != null; frame = ReadFrame(pipe))
            {
                Console.WriteLine(Encoding.UTF8.GetString(frame));
            }
        }
        Console.WriteLine("ended");
        return 0;
    }

    private static int ServeWriting(string name, int count)
    {
        using (var pipe = new NamedPipeServerStream(name, PipeDirection.Out, 1))
        {
            Console.WriteLine("serving");
            pipe.WaitForConnection();
            for (var i = 0; i < count; i++)
            {
                WriteFrame(pipe, Encoding.UTF8.GetBytes("message " + i));
            }
            Console.WriteLine("written");
            Console.ReadLine();
        }
        return 0;
    }

    private static int ServeMessages(string name)
    {
        while (true)
        {
            using (var pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 1, PipeTransmissionMode.Message, PipeOptions.Asynchronous))
            {
                Console.WriteLine("serving");
                pipe.WaitForConnection();
                for (var message = ReadMessage(pipe); message.Length > 0; message = ReadMessage(pipe))
                {
                    pipe.Write(message, 0, message.Length);
                }
            }
        }
    }

    private static int AskAsOurselves(string name, string request)
    {
        using (var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous, TokenImpersonationLevel.Impersonation))
        {
            pipe.Connect(20000);
            WriteFrame(pipe, Encoding.UTF8.GetBytes(request));
            var answer = ReadFrame(pipe);
            Console.WriteLine(answer == null ? "closed" : Encoding.UTF8.GetString(answer));
        }
        return 0;
    }

    // the request is a file, which is created as the client
    private static int ServeRunAs(string name)
    {
        using (var pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 1))
        {
            Console.WriteLine("serving");
            pipe.WaitForConnection();
            var file = Encoding.UTF8.GetString(ReadFrame(pipe));
            pipe.RunAsClient(() => File.WriteAllText(file, "by .NET"));
            WriteFrame(pipe, Encoding.UTF8.GetBytes("created"));
            ReadFrame(pipe);
        }
        return 0;
    }

    // the handles are what the parent passed
    private static int Lines(string input, string output)
    {
        using (var incoming = new AnonymousPipeClientStream(PipeDirection.In, input))
        using (var outgoing = new AnonymousPipeClientStream(PipeDirection.Out, output))
        {
            var reader = new StreamReader(incoming);
            var writer = new StreamWriter(outgoing) { AutoFlush = true, NewLine = "\n" };
            for (var line = reader.ReadLine(); line != null; line = reader.ReadLine())
            {
                writer.WriteLine("net: " + line);
            }
        }
        return 0;
    }

    private static int AskChild(int count, string[] command)
    {
        using (var outgoing = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable))
        using (var incoming = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable))
        {
            var arguments = command.Skip(1)
                .Append("--namedpipe.client.from-parent.handle=" + outgoing.GetClientHandleAsString())
                .Append("--namedpipe.client.to-parent.handle=" + incoming.GetClientHandleAsString());
            var start = new ProcessStartInfo(command[0], "\"" + string.Join("\" \"", arguments) + "\"") { UseShellExecute = false };
            using (var child = Process.Start(start))
            {
                outgoing.DisposeLocalCopyOfClientHandle();
                incoming.DisposeLocalCopyOfClientHandle();
                var writer = new StreamWriter(outgoing) { AutoFlush = true, NewLine = "\n" };
                var reader = new StreamReader(incoming);
                for (var i = 0; i < count; i++)
                {
                    writer.WriteLine("line " + i);
                    var answer = reader.ReadLine();
                    if (answer != "java: line " + i)
                    {
                        throw new IOException("the answer to line " + i + " is " + answer);
                    }
                }
                outgoing.Dispose();
                var rest = reader.ReadLine();
                child.WaitForExit();
                Console.WriteLine((rest == null ? "ok " : "more than ") + count + ", exit code " + child.ExitCode);
            }
        }
        return 0;
    }

    private static void WriteFrame(Stream pipe, byte[] payload)
    {
        var frame = new byte[4 + payload.Length];
        for (var i = 0; i < 4; i++)
        {
            frame[i] = (byte)(payload.Length >> (24 - 8 * i));
        }
        payload.CopyTo(frame, 4);
        pipe.Write(frame, 0, frame.Length);
    }

    private static byte[] ReadFrame(Stream pipe)
    {
        var header = ReadFully(pipe, 4);
        return header == null ? null : ReadFully(pipe, header[0] << 24 | header[1] << 16 | header[2] << 8 | header[3]);
    }

    private static byte[] ReadFully(Stream pipe, int length)
    {
        var bytes = new byte[length];
        for (int count = 0, read; count < length; count += read)
        {
            read = pipe.Read(bytes, count, length - count);
            if (read == 0)
            {
                return null;
            }
        }
        return bytes;
    }

    private static byte[] Pattern(int size, int seed)
    {
        var bytes = new byte[size];
        for (var i = 0; i < size; i++)
        {
            bytes[i] = (byte)(seed + i * 7);
        }
        return bytes;
    }
}
