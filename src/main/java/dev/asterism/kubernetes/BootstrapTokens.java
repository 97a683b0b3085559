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
  private static final String MACHINE = "asterism.dev/machine";
  private static final String PURPOSE = "asterism.dev/purpose";
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
    return create(letters(ID_LENGTH), ttl);
  }

  /** A new token with that public half. */
  public BootstrapToken create(String id, Duration ttl) {
    return new BootstrapToken(
        id, letters(SECRET_LENGTH), clock.instant().plus(ttl).truncatedTo(ChronoUnit.SECONDS));
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
    return secretName(token.id());
  }

  /** The name of the Secret with a token of that public half. */
  public static String secretName(String id) {
    return NAME_PREFIX + id;
  }

  /** The same, which says whose it is. */
  public static ObjectNode toSecret(BootstrapToken token, TokenHolder holder) {
    ObjectNode secret = toSecret(token);
    ((ObjectNode) secret.get("metadata"))
        .putObject("annotations")
        .put(MACHINE, holder.machine())
        .put(PURPOSE, holder.purpose());
    return secret;
  }

  /** What may be done with a Secret that lies where a machine's token would. */
  public enum Place {
    /** It is the token to give again. */
    AGAIN,
    /** A new token may take its place: it is this machine's for something else, or over. */
    REPLACE,
    /** It is somebody else's. */
    TAKEN
  }

  /**
   * @param ttl of all tokens of machines
   */
  public Place place(ObjectNode secret, TokenHolder holder, Duration ttl) {
    Instant now = clock.instant();
    try {
      Instant expires = fromSecret(secret).expires();
      ObjectNode annotations = Json.child(Json.child(secret, "metadata"), "annotations");
      if (!holder.machine().equals(Json.optionalString(annotations, MACHINE))) {
        return Place.TAKEN;
      }
      boolean again =
          holder.purpose().equals(Json.optionalString(annotations, PURPOSE))
              && expires.minus(ttl).plus(TokenHolder.REUSE).isAfter(now)
              && expires.isAfter(now);
      return again ? Place.AGAIN : Place.REPLACE;
    } catch (MalformedException e) {
      return Place.TAKEN;
    }
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
