package dev.asterism.testing.fuzz;

import dev.asterism.wire.Bytes;

/** What Jazzer calls; by its names. */
public final class FuzzEntry {
  /** The system property that names the target. */
  static final String TARGET = "asterism.fuzz.target";

  private static FuzzTarget<?> target;

  private FuzzEntry() {}

  public static void fuzzerInitialize() {
    target = FuzzTargets.byName(System.getProperty(TARGET, ""));
  }

  public static void fuzzerTestOneInput(byte[] input) {
    target.feed(Bytes.of(input));
  }
}
