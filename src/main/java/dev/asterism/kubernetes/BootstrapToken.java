package dev.asterism.kubernetes;

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

  /** {@code id.secret}, as kubeadm takes it. */
  public String token() {
    return id + "." + secret;
  }

  @Override
  public String toString() {
    return "BootstrapToken(" + id + ".<redacted>, expires " + expires + ")";
  }
}
