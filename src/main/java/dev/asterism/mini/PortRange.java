package dev.asterism.mini;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.random.RandomGenerator;

/**
 * Runs of free ports on the loopback interface, below the range from which outgoing connections
 * take theirs.
 */
final class PortRange {
  private static final int LOWEST = 20_000;
  private static final int HIGHEST = 32_000;
  private static final int TRIES = 50;

  private PortRange() {}

  /** The first of {@code count} neighbouring ports that nobody listens on now. */
  static int find(int count, RandomGenerator random) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      int first = LOWEST + random.nextInt(HIGHEST - LOWEST - count);
      if (free(first, count)) {
        return first;
      }
    }
    throw new IOException(
        "no " + count + " free neighbouring ports between " + LOWEST + " and " + HIGHEST);
  }

  private static boolean free(int first, int count) {
    for (int port = first; port < first + count; port++) {
      try (var probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }
}
