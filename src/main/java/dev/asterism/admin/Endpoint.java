package dev.asterism.admin;

import dev.asterism.wire.MalformedException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a node answers.
 *
 * @param host a name or an address, IPv6 without brackets
 */
public record Endpoint(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:\\[([0-9a-fA-F.]*:[0-9a-fA-F:.]*(?:%[\\w.-]+)?)]|([^\\s:/\\[\\]]+))"
              + "(?::([0-9]{1,5}))?");
  private static final int MAX_PORT = 65535;

  /**
   * Reads {@code HOST:PORT} or {@code HOST}; IPv6 addresses stand in brackets.
   *
   * @param option where it comes from, for messages
   */
  public static Endpoint parse(String option, String text, int defaultPort)
      throws MalformedException {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new MalformedException(option, "is not HOST:PORT");
    }
    int port = form.group(3) == null ? defaultPort : Integer.parseInt(form.group(3));
    if (port < 1 || port > MAX_PORT) {
      throw new MalformedException(option, "has a port that is not 1 to " + MAX_PORT);
    }
    return new Endpoint(form.group(1) == null ? form.group(2) : form.group(1), port);
  }

  /** {@code host:port}, IPv6 in brackets. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
