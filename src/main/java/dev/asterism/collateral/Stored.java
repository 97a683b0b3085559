package dev.asterism.collateral;

import dev.asterism.attestation.Endorsement;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * An endorsement as it lies in a cache; believed only after inspection.
 *
 * @param key of its request
 * @param fetchedAt when it was last got or looked for; {@link #NEVER} where somebody else brought
 *     it
 */
public record Stored(String key, Instant fetchedAt, Endorsement endorsement) {
  static final Instant NEVER = Instant.EPOCH;

  private static final int FORMAT = 1;

  /** {@code {"format": 1, "key", "fetchedAt", "headers": {…}, "body": base64}}. */
  Bytes encode() {
    ObjectNode node = Json.newObject();
    node.put("format", FORMAT);
    node.put("key", key);
    node.put("fetchedAt", fetchedAt.toString());
    ObjectNode headers = node.putObject("headers");
    endorsement.headers().forEach(headers::put);
    node.put("body", endorsement.body().base64());
    return Bytes.ofUtf8(Json.pretty(node));
  }

  static Stored parse(Bytes file) throws MalformedException {
    ObjectNode node = Json.object("collateral", file);
    if (!node.path("format").isInt() || node.path("format").intValue() != FORMAT) {
      throw new MalformedException("format", "is not " + FORMAT);
    }
    Map<String, String> headers = new TreeMap<>();
    for (var entry : Json.child(node, "headers").properties()) {
      if (!entry.getValue().isString()) {
        throw new MalformedException("headers", "hold something that is not a string");
      }
      headers.put(entry.getKey(), entry.getValue().stringValue());
    }
    return new Stored(
        Json.string(node, "key"),
        time(Json.string(node, "fetchedAt")),
        new Endorsement(Json.base64(node, "body"), headers));
  }

  private static Instant time(String text) throws MalformedException {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new MalformedException("fetchedAt", "is not a time like 2026-01-31T12:00:00Z");
    }
  }
}
