package dev.asterism.kubernetes;

import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.regex.Pattern;

/**
 * A Kubernetes bootstrap token, {@code [a-z0-9]{6}.[a-z0-9]{16}}.
 *
 * @param id the public half
 * @param secret the other half; not in {@link #toString}
 */
public record BootstrapToken(String id, String secret, Instant expires) {
  private static final Pattern ID = Pattern.compile("[a-z0-9]{6}");
  private static final Pattern SECRET = Pattern.compile("[a-z0-9]{16}");

  public BootstrapToken {
    if (!ID.matcher(id).matches() || !SECRET.matcher(secret).matches()) {
      throw new IllegalArgumentException(
          "a bootstrap token is 6, then 16 lower-case letters or digits");
    }
  }

  /**
   * Reads {@code id.secret}.
   *
   * @throws MalformedException if it has another form; without repeating it
   */
  public static BootstrapToken parse(String token, Instant expires) throws MalformedException {
    int dot = token.indexOf('.');
    if (dot < 0
        || !ID.matcher(token.substring(0, dot)).matches()
        || !SECRET.matcher(token.substring(dot + 1)).matches()) {
      throw new MalformedException(
          "token", "is not 6, a dot, then 16 lower-case letters or digits");
    }
    return new BootstrapToken(token.substring(0, dot), token.substring(dot + 1), expires);
  }

  /** {@code id.secret}, as kubeadm takes it. */
  public String token() {
    return id + "." + secret;
  }

  @Override
  public String toString() {
    return "BootstrapToken(" + id + ".<redacted>, expires " + expires + ")";
  }
}
