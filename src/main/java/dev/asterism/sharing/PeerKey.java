package dev.asterism.sharing;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** Which addresses count as one peer. */
public final class PeerKey {
  /** Of an IPv6 address: what a single customer usually has all of. */
  private static final int NETWORK_BYTES = 8;

  private PeerKey() {}

  /** The same for all addresses of one peer: an IPv4 address, or the /64 of an IPv6 address. */
  public static String of(InetAddress address) {
    byte[] bytes = address.getAddress();
    return HexFormat.of()
        .formatHex(address instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes);
  }
}
