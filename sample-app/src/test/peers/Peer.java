import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.newsclub.net.unix.AFUNIXServerSocket;
import org.newsclub.net.unix.AFUNIXSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/** A peer in Java (junixsocket): what it does for the tests of real peers is in README.md. */
final class Peer {

	private Peer() {
	}

	public static void main(String[] args) {
		try {
			switch (args[0] + " " + args[2]) {
				case "client exchange" -> exchangeAll(args[1], Integer.parseInt(args[3]), Integer.parseInt(args[4]),
						Integer.parseInt(args[5]));
				case "client cut" -> cut(args[1]);
				case "client hold" -> hold(args[1]);
				case "server echo" -> serve(args[1]);
				default -> throw new IllegalArgumentException("unknown: " + String.join(" ", args));
			}
		}
		catch (Exception ex) {
			System.out.println("error: " + ex);
			System.exit(1);
		}
	}

	private static AFUNIXSocketAddress address(String name) throws IOException {
		String folder = System.getenv().getOrDefault("TMPDIR", "/tmp");
		return AFUNIXSocketAddress.of(new File(folder, "CoreFxPipe_" + name));
	}

	private static void exchangeAll(String name, int count, int size, int connections) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(connections);
		List<Future<?>> results = new ArrayList<>();
		for (int n = 0; n < connections; n++) {
			int seed = n * 31;
			results.add(threads.submit(() -> exchange(name, count, size, seed)));
		}
		for (Future<?> result : results) {
			result.get();
		}
		threads.shutdown();
		System.out.println("ok " + count * connections);
	}

	private static Void exchange(String name, int count, int size, int seed) throws IOException {
		try (AFUNIXSocket pipe = AFUNIXSocket.connectTo(address(name))) {
			DataInputStream in = new DataInputStream(pipe.getInputStream());
			DataOutputStream out = new DataOutputStream(pipe.getOutputStream());
			for (int i = 0; i < count; i++) {
				byte[] sent = pattern(size, seed + i);
				writeFrame(out, sent);
				if (!Arrays.equals(readFrame(in), sent)) {
					throw new IOException("message " + i + " came back as another");
				}
			}
		}
		return null;
	}

	private static void cut(String name) throws IOException {
		try (AFUNIXSocket pipe = AFUNIXSocket.connectTo(address(name))) {
			pipe.getOutputStream().write(new byte[] { 0, 0, 0, 100, 1, 2, 3 });
		}
		System.out.println("cut");
	}

	private static void hold(String name) throws IOException {
		try (AFUNIXSocket pipe = AFUNIXSocket.connectTo(address(name))) {
			DataInputStream in = new DataInputStream(pipe.getInputStream());
			writeFrame(new DataOutputStream(pipe.getOutputStream()), pattern(5, 0));
			readFrame(in);
			System.out.println("connected");
			try {
				readFrame(in);
				System.out.println("something came");
			}
			catch (EOFException ex) {
				System.out.println("ended");
			}
		}
	}

	private static void serve(String name) throws IOException {
		try (AFUNIXServerSocket server = AFUNIXServerSocket.newInstance()) {
			server.bind(address(name), 64);
			System.out.println("serving");
			while (true) {
				AFUNIXSocket pipe = server.accept();
				Thread thread = new Thread(() -> echo(pipe));
				thread.setDaemon(true);
				thread.start();
			}
		}
	}

	private static void echo(AFUNIXSocket pipe) {
		try (pipe) {
			DataInputStream in = new DataInputStream(pipe.getInputStream());
			DataOutputStream out = new DataOutputStream(pipe.getOutputStream());
			while (true) {
				writeFrame(out, readFrame(in));
			}
		}
		catch (IOException ex) {
			// the client has left
		}
	}

	private static void writeFrame(DataOutputStream out, byte[] payload) throws IOException {
		byte[] frame = new byte[4 + payload.length];
		for (int i = 0; i < 4; i++) {
			frame[i] = (byte) (payload.length >> (24 - 8 * i));
		}
		System.arraycopy(payload, 0, frame, 4, payload.length);
		out.write(frame);
	}

	private static byte[] readFrame(DataInputStream in) throws IOException {
		byte[] payload = new byte[in.readInt()];
		in.readFully(payload);
		return payload;
	}

	private static byte[] pattern(int size, int seed) {
		byte[] bytes = new byte[size];
		for (int i = 0; i < size; i++) {
			bytes[i] = (byte) (seed + i * 7);
		}
		return bytes;
	}

}
