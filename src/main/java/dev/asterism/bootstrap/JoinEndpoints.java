package dev.asterism.bootstrap;

import dev.asterism.node.Metadata;
import dev.asterism.node.Metadata.Instance;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** Where a node may ask to join or rejoin: everywhere but at itself. */
public final class JoinEndpoints {
  private JoinEndpoints() {}

  /** The metadata's, {@code host:port}, without those of this instance. */
  public static List<String> others(Metadata metadata, Instance self) throws IOException {
    return metadata.joinEndpoints().stream().filter(endpoint -> !isSelf(endpoint, self)).toList();
  }

  /** On loopback, nodes that share an address differ by port. */
  private static boolean isSelf(String endpoint, Instance self) {
    String host = endpoint.substring(0, endpoint.lastIndexOf(':')).replaceAll("[\\[\\]]", "");
    try {
      InetAddress own = InetAddress.ofLiteral(self.ip());
      return !own.isLoopbackAddress() && own.equals(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      // A name, which is nobody's own address.
      return false;
    }
  }
}
