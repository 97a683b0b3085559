package dev.asterism.node.metadata;

import dev.asterism.crypto.Bcrypt;
import dev.asterism.wire.MalformedException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Pattern;

/** Checks what metadata says about names and addresses before anything is built on it. */
final class InstanceNames {
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
  private static final Pattern PRINTABLE = Pattern.compile("[!-~]{1,512}");
  private static final int MAX_NAME = 253;

  private InstanceNames() {}

  /** A provider's name as Kubernetes takes it: lower case, {@code _} as {@code -}, RFC 1123. */
  static String node(String field, String providerName) throws MalformedException {
    String name = providerName.toLowerCase(Locale.ROOT).replace('_', '-');
    requireName(field, name, "is not an RFC 1123 name");
    return name;
  }

  private static void requireName(String field, String name, String complaint)
      throws MalformedException {
    if (name.length() > MAX_NAME) {
      throw new MalformedException(field, "is longer than " + MAX_NAME + " characters");
    }
    for (String label : name.split("\\.", -1)) {
      if (!LABEL.matcher(label).matches()) {
        throw new MalformedException(field, complaint);
      }
    }
  }

  /** An IP address of one host, literally; nothing that would ask a name server. */
  static String address(String field, String text) throws MalformedException {
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(field, "is not an IP address");
    }
    String canonical = address.getHostAddress();
    // Java also takes 10.1 for 10.0.0.1, [::1], and fe80::1%eth0.
    boolean decorated = text.indexOf('%') >= 0 || text.startsWith("[");
    if (decorated || (address instanceof Inet4Address && !text.equals(canonical))) {
      throw new MalformedException(field, "is not an IP address");
    }
    if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
      throw new MalformedException(field, "is not the IP address of one host");
    }
    return canonical;
  }

  /** {@code host:port}. */
  static String endpoint(String field, String text) throws MalformedException {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw new MalformedException(field, "is not host:port");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]") && host.indexOf(':') > 0) {
      var _ = address(field, host.substring(1, host.length() - 1));
    } else {
      requireName(field, host.toLowerCase(Locale.ROOT), "is not host:port");
    }
    port(field, text.substring(colon + 1));
    return text;
  }

  /** {@code host:port} of a host that is named with or without a port of its own. */
  static String withPort(String field, String host, int port) throws MalformedException {
    String own = withDefaultPort(field, host, port);
    return own.substring(0, own.lastIndexOf(':')) + ":" + port;
  }

  /** {@code host:port} of a host, with its own port where it is named with one. */
  static String withDefaultPort(String field, String host, int port) throws MalformedException {
    int colon = host.lastIndexOf(':');
    if (host.indexOf(':') != colon && !host.startsWith("[")) {
      return "[" + address(field, host) + "]:" + port;
    }
    boolean bare = colon < 0 || host.endsWith("]");
    return endpoint(field, bare ? host + ":" + port : host);
  }

  private static void port(String field, String text) throws MalformedException {
    if (!PORT.matcher(text).matches()) {
      throw new MalformedException(field, "has no port number");
    }
    int port = Integer.parseInt(text);
    if (port == 0 || port > 65535) {
      throw new MalformedException(field, "has a port out of range");
    }
  }

  /** What Kubernetes takes as it is. */
  static String providerId(String field, String text) throws MalformedException {
    if (!PRINTABLE.matcher(text).matches()) {
      throw new MalformedException(field, "is not one printable word");
    }
    return text;
  }

  static String bcrypt(String field, String text) throws MalformedException {
    if (!Bcrypt.isHash(text)) {
      throw new MalformedException(field, "is not a bcrypt hash of cost 4 to 16");
    }
    return text;
  }
}
