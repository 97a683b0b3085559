package dev.asterism.kubernetes;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.node.ObjectNode;

/** Makes bootstrap tokens, and the Secrets in which Kubernetes keeps them. */
public final class BootstrapTokens {
  /** Of every token in a ticket (wire contract, section 7). */
  public static final Duration TTL = Duration.ofMinutes(15);

  private static final String GROUP = "system:bootstrappers:kubeadm:default-node-token";
  private static final String TYPE = "bootstrap.kubernetes.io/token";
  private static final String NAME_PREFIX = "bootstrap-token-";
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final int ID_LENGTH = 6;
  private static final int SECRET_LENGTH = 16;

  private final InstantSource clock;
  private final SecureRandom random;

  public BootstrapTokens(InstantSource clock, SecureRandom random) {
    this.clock = clock;
    this.random = random;
  }

  /** A new token; its expiry has whole seconds, as Kubernetes writes it. */
  public BootstrapToken create(Duration ttl) {
    return new BootstrapToken(
        letters(ID_LENGTH),
        letters(SECRET_LENGTH),
        clock.instant().plus(ttl).truncatedTo(ChronoUnit.SECONDS));
  }

  private String letters(int length) {
    var text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }

  /** The Secret's name in {@code kube-system}. */
  public static String secretName(BootstrapToken token) {
    return NAME_PREFIX + token.id();
  }

  /** The Secret by which Kubernetes knows the token. Holds it: for files of mode 0600 only. */
  public static ObjectNode toSecret(BootstrapToken token) {
    ObjectNode secret = Json.newObject();
    secret.put("apiVersion", "v1").put("kind", "Secret").put("type", TYPE);
    secret.putObject("metadata").put("name", secretName(token)).put("namespace", "kube-system");
    secret
        .putObject("data")
        .put("token-id", base64(token.id()))
        .put("token-secret", base64(token.secret()))
        .put("expiration", base64(token.expires().toString()))
        .put("usage-bootstrap-signing", base64("true"))
        .put("usage-bootstrap-authentication", base64("true"))
        .put("auth-extra-groups", base64(GROUP));
    return secret;
  }

  /**
   * @throws MalformedException if the Secret is not one of a bootstrap token; without its content
   */
  public static BootstrapToken fromSecret(ObjectNode secret) throws MalformedException {
    if (!TYPE.equals(Json.optionalString(secret, "type"))) {
      throw new MalformedException("type", "is not " + TYPE);
    }
    ObjectNode data = Json.child(secret, "data");
    try {
      return new BootstrapToken(
          text(data, "token-id"),
          text(data, "token-secret"),
          Instant.parse(text(data, "expiration")));
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw new MalformedException("data", "holds no bootstrap token");
    }
  }

  private static String base64(String text) {
    return Bytes.ofUtf8(text).base64();
  }

  private static String text(ObjectNode data, String member) throws MalformedException {
    return new String(Json.base64(data, member).toArray(), StandardCharsets.UTF_8);
  }
}
