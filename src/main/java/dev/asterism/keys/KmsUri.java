package dev.asterism.keys;

import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

/** {@code kms://} URIs: how an admin tells a new cluster where its keys come from. */
final class KmsUri {
  private static final String FIELD = "kms_uri";
  private static final String CLUSTER_KMS = "cluster-kms";

  private static final Map<String, Set<String>> SHAPES =
      Map.of(
          CLUSTER_KMS,
          Set.of("key", "salt"),
          "aws",
          Set.of("region", "accessKeyID", "accessKey", "keyName"),
          "azure",
          Set.of("tenantID", "clientID", "clientSecret", "vaultName", "vaultType", "keyName"),
          "gcp",
          Set.of("projectID", "location", "keyRing", "credentialsPath", "keyName"));

  private KmsUri() {}

  static MasterSecret parse(String uri) throws KeyException, MalformedException {
    QueryUri parsed = QueryUri.parse(FIELD, "kms", SHAPES, uri);
    if (!parsed.host().equals(CLUSTER_KMS)) {
      throw new KeyException(
          KeyException.Reason.INVALID,
          "kms://" + parsed.host() + ": this build serves kms://cluster-kms only");
    }
    byte[] salt = base64(parsed, "salt");
    return MasterSecret.checked(Secret.takeOver(base64(parsed, "key")), Bytes.of(salt));
  }

  static Secret format(MasterSecret secret) {
    byte[] key = secret.key().use(Base64.getUrlEncoder()::encode);
    byte[] salt = Base64.getUrlEncoder().encode(secret.salt().toArray());
    var out = new WipedOutput();
    out.writeBytes(ascii("kms://cluster-kms?key="));
    escapePadding(key, out);
    out.writeBytes(ascii("&salt="));
    escapePadding(salt, out);
    Arrays.fill(key, (byte) 0);
    return out.take();
  }

  /** In base64url, only the padding means something in a query. */
  private static void escapePadding(byte[] base64, ByteArrayOutputStream out) {
    for (byte b : base64) {
      if (b == '=') {
        out.writeBytes(ascii("%3D"));
      } else {
        out.write(b);
      }
    }
  }

  private static byte[] base64(QueryUri uri, String parameter) throws MalformedException {
    String text = uri.parameter(parameter);
    try {
      byte[] value = Base64.getUrlDecoder().decode(text);
      // The JDK's decoder takes unpadded text and stray bits too; others would not.
      if (Base64.getUrlEncoder().encodeToString(value).equals(text)) {
        return value;
      }
    } catch (IllegalArgumentException e) {
      // Says so below; the exception's message would repeat a byte of the key.
    }
    throw new MalformedException(FIELD, "parameter " + parameter + " is not padded base64url");
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Leaves no copy behind; large enough for any master secret, so that it never grows. */
  private static final class WipedOutput extends ByteArrayOutputStream {
    private WipedOutput() {
      super(8 * MasterSecret.MAX_LENGTH);
    }

    private Secret take() {
      byte[] value = toByteArray();
      Arrays.fill(buf, (byte) 0);
      return Secret.takeOver(value);
    }
  }
}
