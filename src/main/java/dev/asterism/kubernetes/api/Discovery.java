package dev.asterism.kubernetes.api;

import dev.asterism.crypto.Pem;
import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.CaPin;
import dev.asterism.kubernetes.Kubeconfig;
import dev.asterism.kubernetes.api.Connection.Reply;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;

/**
 * How a node with a ticket finds the cluster's CA, as kubeadm does it: the API server shows its
 * {@code cluster-info} to anybody, signed with each bootstrap token; what it says counts only if
 * the token signed it, the CA in it is the pinned one, and a server of that CA says the same.
 */
public final class Discovery {
  private static final String NAME = ClusterInfo.NAME;

  private Discovery() {}

  /**
   * @param endpoint {@code host:port}
   * @return the CA, PEM
   * @throws IOException also if the server is not the pinned cluster's
   */
  public static String authority(String endpoint, BootstrapToken token, CaPin pin)
      throws IOException {
    String server = "https://" + endpoint;
    try (Connection unverified = Connection.unverified(server)) {
      String kubeconfig = signed(unverified, token);
      X509Certificate ca = Kubeconfig.authority(NAME, kubeconfig);
      if (!pin.matches(ca)) {
        throw new MalformedException(NAME, "has a CA that is not the one that the ticket pins");
      }
      String authority = Pem.encode(ca);
      try (Connection verified =
          Connection.open(new Access(server, authority, Optional.empty(), Optional.empty()))) {
        if (!signed(verified, token).equals(kubeconfig)) {
          throw new MalformedException(NAME, "is another one where the CA vouches for the server");
        }
      }
      return authority;
    } catch (MalformedException e) {
      throw new IOException("the API server at " + endpoint + ": " + e.getMessage(), e);
    }
  }

  private static String signed(Connection connection, BootstrapToken token)
      throws IOException, MalformedException {
    Reply reply =
        connection.call(
            "GET", Resource.PUBLIC_CONFIG_MAPS.path(NAME), Map.of(), "application/json", null);
    if (!reply.successful()) {
      throw new IOException("the API server has no " + NAME + " (" + reply.code() + ")");
    }
    return ClusterInfo.of(reply.body(), token).kubeconfig();
  }
}
