package dev.asterism.kubernetes;

import dev.asterism.wire.MalformedException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Node names as Kubernetes wants them: RFC 1123 subdomains. */
public final class NodeNames {
  private static final int MAX_LENGTH = 253;

  private static final Pattern SUBDOMAIN =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  private NodeNames() {}

  /**
   * The name of a node in Kubernetes for the provider's spelling: in lower case, {@code _} written
   * {@code -}.
   *
   * @throws MalformedException if it is no name even so
   */
  public static String normalize(String provided) throws MalformedException {
    String name = provided.toLowerCase(Locale.ROOT).replace('_', '-');
    if (name.length() > MAX_LENGTH || !SUBDOMAIN.matcher(name).matches()) {
      throw new MalformedException(
          "node name", "is not an RFC 1123 name of at most " + MAX_LENGTH + " characters");
    }
    return name;
  }
}
