import java.lang.instrument.Instrumentation;

/**
 * Makes this JVM say that it runs on Windows. It cannot be done with {@code -Dos.name}: the
 * classes named here would look for what a JDK for Linux does not have.
 */
public class OsNameAgent {

	public static void premain(String osName, Instrumentation instrumentation) throws Exception {
		for (String name : new String[] { "java.lang.ProcessImpl", "java.lang.ProcessHandleImpl", "java.io.File",
				"java.nio.file.FileSystems", "jdk.net.ExtendedSocketOptions", "sun.nio.ch.Net" }) {
			Class.forName(name);
		}
		System.setProperty("os.name", osName);
	}

}
