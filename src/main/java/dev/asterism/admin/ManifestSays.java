package dev.asterism.admin;

import dev.asterism.attestation.Verdict;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The members of a manifest that steer how any kind is judged.
 *
 * @param at the time to verify at, null where it does not say
 * @param expect the verdict that the maker expects, null where it does not say
 * @param truncate which file to cut, null where none
 */
record ManifestSays(@Nullable Instant at, @Nullable Verdict expect, @Nullable Truncation truncate) {

  /**
   * @param role the file to cut
   * @param lengths the prefixes, each of which must be refused
   */
  record Truncation(String role, List<Integer> lengths) {}

  static ManifestSays parse(ObjectNode manifest) throws MalformedException {
    return new ManifestSays(at(manifest), expect(manifest), truncation(manifest));
  }

  private static @Nullable Instant at(ObjectNode manifest) throws MalformedException {
    String at = Json.optionalString(manifest, "at");
    try {
      return at == null ? null : Instant.parse(at);
    } catch (DateTimeException e) {
      throw new MalformedException("at", "is not a time like 2026-01-31T12:00:00Z");
    }
  }

  private static @Nullable Verdict expect(ObjectNode manifest) throws MalformedException {
    return switch (Optional.ofNullable(Json.optionalString(manifest, "expect")).orElse("")) {
      case "" -> null;
      case "valid" -> Verdict.ACCEPTED;
      case "invalid" -> Verdict.REFUSED;
      default -> throw new MalformedException("expect", "is neither valid nor invalid");
    };
  }

  private static @Nullable Truncation truncation(ObjectNode manifest) throws MalformedException {
    if (!manifest.has("truncate")) {
      return null;
    }
    ObjectNode truncate = Json.child(manifest, "truncate");
    JsonNode lengths = truncate.get("lengths");
    if (lengths == null || !lengths.isArray() || lengths.isEmpty()) {
      throw new MalformedException("truncate.lengths", "is not a list of lengths");
    }
    var list = new ArrayList<Integer>();
    for (JsonNode length : lengths) {
      if (!length.isInt()) {
        throw new MalformedException("truncate.lengths", "holds something that is no length");
      }
      list.add(length.intValue());
    }
    return new Truncation(Json.string(truncate, "file"), List.copyOf(list));
  }
}
