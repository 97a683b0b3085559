package dev.asterism.cli;

import java.util.Arrays;
import java.util.Set;

/**
 * Command lines as DaemonSets and units in the field write them: Go takes long flags with one dash
 * or two, where picocli reads one dash as a cluster of short options.
 */
final class GoFlags {
  /** The long flags of the old services; no others were ever written with one dash. */
  private static final Set<String> LONG_FLAGS =
      Set.of(
          "attestation-variant",
          "cloud-provider",
          "csp",
          "key-service-endpoint",
          "master-secret",
          "port",
          "salt");

  private static final String VERBOSITY = "v";

  private GoFlags() {}

  /**
   * Gives old long flags their second dash and the verbosity {@code v} a single one.
   *
   * @param args arguments of a process; those behind {@code --} are left alone
   * @return a new array of the same length
   */
  static String[] modernize(String... args) {
    String[] modern = args.clone();
    int end = Arrays.asList(args).indexOf("--");
    for (int i = 0; i < (end < 0 ? args.length : end); i++) {
      modern[i] = modernize(args[i]);
    }
    return modern;
  }

  private static String modernize(String arg) {
    int dashes = arg.startsWith("--") ? 2 : arg.startsWith("-") ? 1 : 0;
    if (dashes == 0) {
      return arg;
    }
    int equals = arg.indexOf('=');
    String name = arg.substring(dashes, equals < 0 ? arg.length() : equals);
    if (name.equals(VERBOSITY)) {
      return "-" + arg.substring(dashes);
    }
    return LONG_FLAGS.contains(name) ? "--" + arg.substring(dashes) : arg;
  }
}
