// Sends an order to the sample and prints the answer: Orders.exe [item] [quantity]
// The same program runs on Windows, Linux and macOS: .NET knows the pipe by its short name.
// CI compiles it (mcs Orders.cs), and runs it on .NET Core 3.1 for Windows.
using System;
using System.IO;
using System.IO.Pipes;
using System.Text;

public static class Orders
{
    public static int Main(string[] args)
    {
        var item = args.Length > 0 ? args[0] : "tea";
        var quantity = args.Length > 1 ? int.Parse(args[1]) : 2;
        using (var pipe = new NamedPipeClientStream(".", "orders", PipeDirection.InOut))
        {
            pipe.Connect(5000);
            var utf8 = new UTF8Encoding(false);
            var writer = new StreamWriter(pipe, utf8) { AutoFlush = true, NewLine = "\n" };
            var reader = new StreamReader(pipe, utf8);
            writer.WriteLine("{\"item\":\"" + item + "\",\"quantity\":" + quantity + "}");
            var answer = reader.ReadLine();
            if (answer == null)
            {
                Console.Error.WriteLine("the sample closed the connection");
                return 1;
            }
            Console.WriteLine(answer);
            return 0;
        }
    }
}
