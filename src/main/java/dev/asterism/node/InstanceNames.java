package dev.asterism.node;

import dev.asterism.wire.MalformedException;
import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Pattern;

/** Checks what metadata says about names and addresses before anything is built on it. */
final class InstanceNames {
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]+]");
  private static final int MAX_NAME = 253;

  private InstanceNames() {}

  /** A provider's name as Kubernetes takes it: lower case, {@code _} as {@code -}, RFC 1123. */
  static String node(String field, String providerName) throws MalformedException {
    String name = providerName.toLowerCase(Locale.ROOT).replace('_', '-');
    for (String label : name.split("\\.", -1)) {
      if (!LABEL.matcher(label).matches()) {
        throw new MalformedException(field, "is not an RFC 1123 name");
      }
    }
    if (name.length() > MAX_NAME) {
      throw new MalformedException(field, "is longer than " + MAX_NAME + " characters");
    }
    return name;
  }

  /** An IP address, literally; nothing that would ask a name server. */
  static String address(String field, String text) throws MalformedException {
    try {
      return InetAddress.ofLiteral(text).getHostAddress();
    } catch (IllegalArgumentException e) {
      throw new MalformedException(field, "is not an IP address");
    }
  }

  /** {@code host:port}. */
  static String endpoint(String field, String text) throws MalformedException {
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || !HOST.matcher(text.substring(0, colon)).matches()) {
      throw new MalformedException(field, "is not host:port");
    }
    port(field, text.substring(colon + 1));
    return text;
  }

  /** {@code host:port} of a host that is named with or without a port of its own. */
  static String withPort(String field, String host, int port) throws MalformedException {
    String bare = host;
    int colon = host.lastIndexOf(':');
    boolean ipv6 = host.indexOf(':') != colon && !host.startsWith("[");
    if (ipv6) {
      bare = "[" + address(field, host) + "]";
    } else if (colon > 0 && !host.endsWith("]")) {
      port(field, host.substring(colon + 1));
      bare = host.substring(0, colon);
    }
    return endpoint(field, bare + ":" + port);
  }

  private static void port(String field, String text) throws MalformedException {
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port < 65536) {
        return;
      }
    } catch (NumberFormatException e) {
      throw new MalformedException(field, "has no port number");
    }
    throw new MalformedException(field, "has a port out of range");
  }
}
