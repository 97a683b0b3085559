package dev.asterism.attestation;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Saved evidence: a manifest and the files it names, all read. See {@code
 * docs/evidence-bundles.md}.
 *
 * @param manifest the whole manifest, for members that only one kind knows ({@code inputs}, {@code
 *     trust}, {@code cases})
 * @param files content by role ({@code attest}, {@code signature}, {@code document}, …)
 */
public record Bundle(String kind, ObjectNode manifest, Map<String, Bytes> files) {

  public Bundle {
    files = Map.copyOf(files);
  }

  /** The file of that role; its absence is an error that names the role. */
  public Bytes file(String role) throws MalformedException {
    Bytes content = files.get(role);
    if (content == null) {
      throw new MalformedException("files." + role, "is missing");
    }
    return content;
  }

  public Optional<Bytes> optionalFile(String role) {
    return Optional.ofNullable(files.get(role));
  }

  /** What the relying party supplied according to the manifest; empty where it says nothing. */
  public ObjectNode inputs() throws MalformedException {
    return member("inputs");
  }

  /** Which root the manifest trusts; empty where it says nothing. */
  public ObjectNode trust() throws MalformedException {
    return member("trust");
  }

  /** The same bundle with one file cut to its first {@code length} bytes. */
  public Bundle truncated(String role, int length) throws MalformedException {
    Bytes content = file(role);
    if (length < 0 || length > content.length()) {
      throw new MalformedException("truncate.lengths", "is not a length of " + role);
    }
    var changed = new TreeMap<>(files);
    changed.put(role, content.slice(0, length));
    return new Bundle(kind, manifest, changed);
  }

  private ObjectNode member(String name) throws MalformedException {
    var node = manifest.get(name);
    if (node == null || node.isNull()) {
      return Json.newObject();
    }
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw new MalformedException(name, "is not an object");
  }

  /**
   * What the person at the shell says instead of the manifest.
   *
   * @param config an attestation config; null: the manifest's word counts
   * @param nonce replaces the manifest's nonce
   */
  public record Ruling(
      @Nullable ObjectNode config, @Nullable Variant variant, @Nullable Bytes nonce) {
    public static final Ruling NONE = new Ruling(null, null, null);
  }
}
