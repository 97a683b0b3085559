package dev.asterism.bench;

import dev.asterism.cli.RoleLogs;
import dev.asterism.crypto.FastCrypto;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures, and prints one table. Progress goes to standard error. */
public final class Bench {
  /** One part of the benchmarks; adds its figures. */
  @FunctionalInterface
  private interface Part {
    void run(Table table) throws Exception;
  }

  private Bench() {}

  private static Map<String, Part> parts() {
    var parts = new LinkedHashMap<String, Part>();
    parts.put("jmh", Steps::run);
    parts.put("scaling", Scaling::run);
    parts.put("joins", Joins::run);
    parts.put("hostile", Hostile::run);
    parts.put("start", table -> new StartUp(Path.of("").toAbsolutePath()).run(table));
    return parts;
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, Part> parts = parts();
    List<String> wanted = arguments.length == 0 ? List.copyOf(parts.keySet()) : List.of(arguments);
    for (String name : wanted) {
      if (!parts.containsKey(name)) {
        System.err.println(
            "No part '" + name + "': there are " + String.join(", ", parts.keySet()));
        System.exit(2);
      }
    }
    RoleLogs.start();
    FastCrypto.install();
    var table = new Table();
    for (String name : wanted) {
      System.err.println(name + " …");
      parts.get(name).run(table);
    }
    System.out.print(table);
    System.exit(0); // gRPC's threads would live on.
  }
}
