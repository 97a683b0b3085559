package dev.asterism.kubernetes.api;

import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.node.ObjectNode;

/**
 * How to reach a cluster, as its API server shows it to anybody.
 *
 * @param kubeconfig without a user
 */
record ClusterInfo(String kubeconfig) {
  static final String NAME = "cluster-info";

  private static final String SIGNATURE_PREFIX = "jws-kubeconfig-";
  private static final String ALGORITHM = "HmacSHA256";

  /**
   * Reads the ConfigMap.
   *
   * @throws MalformedException if that token did not sign it
   */
  static ClusterInfo of(ObjectNode configMap, BootstrapToken token) throws MalformedException {
    ObjectNode data = Json.child(configMap, "data");
    String kubeconfig = Json.string(data, "kubeconfig");
    String signature = Json.optionalString(data, SIGNATURE_PREFIX + token.id());
    if (signature == null) {
      throw new MalformedException(NAME, "is not signed with this token, or not yet");
    }
    verify(kubeconfig, signature, token);
    return new ClusterInfo(kubeconfig);
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
