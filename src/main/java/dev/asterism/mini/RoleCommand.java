package dev.asterism.mini;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How to start this program again.
 *
 * @param java the JVM and its flags
 * @param program class path and main class
 */
public record RoleCommand(List<String> java, List<String> program) {
  public RoleCommand {
    java = List.copyOf(java);
    program = List.copyOf(program);
  }

  /** As this process was started: the same JVM, flags, and JAR. */
  public static RoleCommand ofThisProcess(String mainClass) {
    var java = new ArrayList<String>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (flag.startsWith("-X") || flag.startsWith("--enable-native-access")) {
        java.add(flag);
      }
    }
    return new RoleCommand(java, List.of("-cp", System.getProperty("java.class.path"), mainClass));
  }
}
