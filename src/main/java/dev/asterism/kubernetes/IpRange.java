package dev.asterism.kubernetes;

import dev.asterism.wire.MalformedException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Addresses that begin alike: {@code 10.96.0.0/12}. */
public record IpRange(InetAddress first, int prefix) {
  /**
   * Reads one range, or several with commas between them, as a dual-stack cluster has them.
   *
   * @param text empty: none
   */
  public static List<IpRange> parse(String field, String text) throws MalformedException {
    var ranges = new ArrayList<IpRange>();
    if (text.isEmpty()) {
      return ranges;
    }
    for (String range : text.split(",", -1)) {
      int slash = range.indexOf('/');
      try {
        InetAddress first = InetAddress.ofLiteral(range.substring(0, slash).strip());
        int prefix = Integer.parseInt(range.substring(slash + 1).strip());
        if (prefix < 0 || prefix > first.getAddress().length * 8) {
          throw new MalformedException(field, "is no range of addresses");
        }
        ranges.add(new IpRange(first, prefix));
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new MalformedException(field, "is no range of addresses");
      }
    }
    return ranges;
  }

  public boolean contains(InetAddress address) {
    byte[] one = first.getAddress();
    byte[] other = address.getAddress();
    if (one.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      if (((one[bit / 8] ^ other[bit / 8]) >> (7 - bit % 8) & 1) != 0) {
        return false;
      }
    }
    return true;
  }
}
