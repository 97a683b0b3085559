package dev.asterism.keys;

import dev.asterism.wire.MalformedException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * {@code scheme://host?name=value&…} with exactly the parameters that the host has. Errors name no
 * part of the URI that is not known by name: each part may be a secret.
 *
 * @param host one of the known ones
 * @param parameters decoded; none is empty
 */
record QueryUri(String field, String host, Map<String, String> parameters) {
  /** Cloud credentials are paths and keys; nothing real is longer. */
  private static final int MAX_LENGTH = 16 * 1024;

  /**
   * Reads a URI.
   *
   * @param shapes the parameters of each host
   */
  static QueryUri parse(String field, String scheme, Map<String, Set<String>> shapes, String uri)
      throws MalformedException {
    String prefix = scheme + "://";
    if (uri.length() > MAX_LENGTH || !uri.startsWith(prefix)) {
      throw new MalformedException(field, "is not a " + prefix + " URI");
    }
    int question = uri.indexOf('?');
    String host = uri.substring(prefix.length(), question < 0 ? uri.length() : question);
    Set<String> names = shapes.get(host);
    if (names == null) {
      throw new MalformedException(
          field,
          "names none of "
              + prefix
              + String.join(", ", shapes.keySet().stream().sorted().toList()));
    }
    var parameters = new HashMap<String, String>();
    if (question >= 0 && question + 1 < uri.length()) {
      for (String pair : uri.substring(question + 1).split("&", -1)) {
        add(field, prefix + host, names, pair, parameters);
      }
    }
    for (String name : names) {
      if (!parameters.containsKey(name)) {
        throw new MalformedException(field, prefix + host + " needs the parameter " + name);
      }
    }
    return new QueryUri(field, host, Map.copyOf(parameters));
  }

  private static void add(
      String field, String uri, Set<String> names, String pair, Map<String, String> parameters)
      throws MalformedException {
    int equals = pair.indexOf('=');
    String name = equals < 0 ? "" : decode(field, pair.substring(0, equals));
    if (!names.contains(name)) {
      throw new MalformedException(
          field, uri + " has a parameter other than " + names.stream().sorted().toList());
    }
    String value = decode(field, pair.substring(equals + 1));
    if (value.isEmpty()) {
      throw new MalformedException(field, "parameter " + name + " is empty");
    }
    if (parameters.put(name, value) != null) {
      throw new MalformedException(field, "has the parameter " + name + " twice");
    }
  }

  private static String decode(String field, String text) throws MalformedException {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(field, "has a broken percent escape");
    }
  }

  String parameter(String name) throws MalformedException {
    String value = parameters.get(name);
    if (value == null) {
      throw new MalformedException(field, "needs the parameter " + name);
    }
    return value;
  }

  /** Without the parameters. */
  @Override
  public String toString() {
    return "QueryUri(" + host + ")";
  }
}
