package dev.asterism.audit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * What makes one record the repetition of another: the same event about the same peer for the same
 * reason.
 *
 * @param peer {@code HOST}, {@code HOST:PORT} or {@code [HOST]:PORT}; the port does not count, and
 *     of an IPv6 address only its /64
 * @param identity what the peer proved itself to be, or its name; empty where it did not
 * @param reason without what differs from one try to the next
 */
public record Repetition(String peer, String identity, String reason) {
  public Repetition {
    peer = host(peer);
    identity = Shortening.cut(identity);
    // Each would take six bytes, and a summary of many kinds would not fit into a line.
    reason = Shortening.cut(reason).replaceAll("\\p{Cntrl}", "?");
  }

  private static String host(String peer) {
    int colon = peer.lastIndexOf(':');
    boolean port = colon >= 0 && (peer.startsWith("[") || peer.indexOf(':') == colon);
    String host = port ? peer.substring(0, colon) : peer;
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      return host.contains(":") && InetAddress.ofLiteral(host) instanceof Inet6Address address
          ? network(address)
          : Shortening.cut(host);
    } catch (IllegalArgumentException e) {
      return Shortening.cut(host);
    }
  }

  private static String network(Inet6Address address) {
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, 8, 16, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes).getHostAddress() + "/64";
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
