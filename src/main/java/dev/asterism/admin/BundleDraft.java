package dev.asterism.admin;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * A bundle about to be written.
 *
 * @param kind which verifier takes it
 * @param source where the evidence comes from, for people
 * @param at when it was received: the time to verify it at later
 * @param inputs what the relying party supplied
 * @param files content by role; each becomes the file {@code <role>.json} or {@code <role>.bin}
 */
public record BundleDraft(
    String kind, String source, Instant at, ObjectNode inputs, SortedMap<String, Bytes> files) {

  public BundleDraft {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  static String fileName(String role) {
    return role + (role.equals(DocumentKind.DOCUMENT) ? ".json" : ".bin");
  }

  ObjectNode manifest() {
    ObjectNode manifest = Json.newObject();
    manifest.put("format", Bundles.FORMAT);
    manifest.put("kind", kind);
    ObjectNode names = manifest.putObject("files");
    files.keySet().forEach(role -> names.put(role, fileName(role)));
    manifest.put("at", at.truncatedTo(ChronoUnit.SECONDS).toString());
    manifest.set("inputs", inputs);
    manifest.put("source", source);
    return manifest;
  }
}
