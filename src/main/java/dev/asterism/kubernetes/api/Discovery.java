package dev.asterism.kubernetes.api;

import dev.asterism.crypto.Pem;
import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.CaPin;
import dev.asterism.kubernetes.Kubeconfig;
import dev.asterism.kubernetes.api.Connection.Reply;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a node with a ticket finds the cluster's CA, as kubeadm does it: the API server shows its
 * {@code cluster-info} to anybody, signed with each bootstrap token; what it says counts only if
 * the token signed it, the CA in it is the pinned one, and a server of that CA says the same.
 */
public final class Discovery {
  private static final String NAME = "cluster-info";
  private static final String SIGNATURE_PREFIX = "jws-kubeconfig-";
  private static final String ALGORITHM = "HmacSHA256";

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
    ObjectNode data = Json.child(reply.body(), "data");
    String kubeconfig = Json.string(data, "kubeconfig");
    String signature = Json.optionalString(data, SIGNATURE_PREFIX + token.id());
    if (signature == null) {
      throw new MalformedException(NAME, "is not signed with this token, or not yet");
    }
    verify(kubeconfig, signature, token);
    return kubeconfig;
  }

  /** A JSON Web Signature without its content: {@code header..signature}. */
  private static void verify(String content, String signature, BootstrapToken token)
      throws MalformedException {
    String[] parts = signature.split("\\.", -1);
    if (parts.length != 3 || !parts[1].isEmpty()) {
      throw new MalformedException(NAME, "has a signature that is no detached one");
    }
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    String input =
        parts[0] + "." + encoder.encodeToString(content.getBytes(StandardCharsets.UTF_8));
    Bytes header;
    try {
      header = Bytes.of(Base64.getUrlDecoder().decode(parts[0]));
    } catch (IllegalArgumentException e) {
      throw new MalformedException(NAME, "has a signature whose header is not base64url");
    }
    if (!"HS256".equals(Json.optionalString(Json.object("signature", header), "alg"))) {
      throw new MalformedException(NAME, "has a signature that is not of HS256");
    }
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(token.secret().getBytes(StandardCharsets.UTF_8), ALGORITHM));
      String expected =
          encoder.encodeToString(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
      if (!MessageDigest.isEqual(
          expected.getBytes(StandardCharsets.US_ASCII),
          parts[2].getBytes(StandardCharsets.US_ASCII))) {
        throw new MalformedException(NAME, "has a signature that this token did not make");
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
