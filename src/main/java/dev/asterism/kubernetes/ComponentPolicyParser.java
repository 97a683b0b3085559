package dev.asterism.kubernetes;

import dev.asterism.crypto.Digests;
import dev.asterism.crypto.VerificationKey;
import dev.asterism.kubernetes.ComponentPolicy.Place;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a components policy:
 *
 * <pre>{@code
 * {"paths": ["/run/state/bin/", "/opt/kubernetes/patches/kubelet.yaml"],
 *  "hashes": {"/run/state/bin/kubelet": ["sha256:<hex>"], "https://…": ["sha256:<hex>", …]},
 *  "signingKeys": ["-----BEGIN PUBLIC KEY-----…"]}
 * }</pre>
 *
 * A path that ends with a slash is a directory. {@code hashes} and {@code signingKeys} may be
 * absent. A member that is not known is an error: a misspelt rule must not be a rule less.
 */
final class ComponentPolicyParser {
  private static final String PATHS = "paths";
  private static final String HASHES = "hashes";
  private static final String SIGNING_KEYS = "signingKeys";
  private static final int MOST = 1024;
  private static final int MOST_KEYS = 16;
  private static final String HASH_PREFIX = "sha256:";

  /** What no policy may open: keys, identity, and what the kernel shows as files. */
  private static final List<Path> NEVER =
      List.of(
          Path.of("/run/state/constellation"),
          Path.of("/run/state/kubelet"),
          Path.of("/run/state/ssh"),
          Path.of("/var/run/state"),
          Path.of("/run/asterism"),
          Path.of("/run/cryptsetup-keys.d"),
          Path.of("/etc/kubernetes/pki"),
          // The same, as the state disk is mounted.
          Path.of("/run/state/kubernetes/pki"),
          Path.of("/dev"),
          Path.of("/proc"),
          Path.of("/sys"));

  private ComponentPolicyParser() {}

  static ComponentPolicy parse(Bytes json) throws MalformedException {
    ObjectNode policy = Json.object("components policy", json);
    for (String member : policy.propertyNames()) {
      if (!Set.of(PATHS, HASHES, SIGNING_KEYS).contains(member)) {
        throw new MalformedException(
            "components policy", "has a member that is not paths, hashes or signingKeys");
      }
    }
    List<VerificationKey> signers = signers(policy.get(SIGNING_KEYS));
    List<Place> places = places(policy.get(PATHS));
    if (!signers.isEmpty()) {
      places.add(new Place(ComponentPolicy.SIGNATURE, false));
    }
    return new ComponentPolicy(places, pins(policy.get(HASHES), places), signers);
  }

  private static List<Place> places(@Nullable JsonNode value) throws MalformedException {
    var places = new ArrayList<Place>();
    for (String text : texts(PATHS, value, MOST)) {
      String where = PATHS + "[" + places.size() + "]";
      boolean directory = text.endsWith("/");
      Path path = canonical(where, directory ? text.substring(0, text.length() - 1) : text);
      for (Path never : NEVER) {
        if (path.startsWith(never) || (directory && never.startsWith(path))) {
          throw new MalformedException(where, "leads to " + never + ", where no component goes");
        }
      }
      places.add(new Place(path, directory));
    }
    return places;
  }

  private static Map<String, Set<Bytes>> pins(@Nullable JsonNode value, List<Place> places)
      throws MalformedException {
    if (value == null) {
      return Map.of();
    }
    if (!(value instanceof ObjectNode object) || object.isEmpty() || object.size() > MOST) {
      throw new MalformedException(
          HASHES, "is not an object with 1 to " + MOST + " members; leave it out to pin nothing");
    }
    var pins = new HashMap<String, Set<Bytes>>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      String where = HASHES + "[" + pins.size() + "]";
      pins.put(pinned(where, entry.getKey(), places), hashes(where, entry.getValue()));
    }
    return pins;
  }

  private static String pinned(String where, String key, List<Place> places)
      throws MalformedException {
    if (key.startsWith("https://")) {
      return key;
    }
    Path path = canonical(where, key);
    if (places.stream().noneMatch(place -> place.takes(path, true) || place.takes(path, false))) {
      throw new MalformedException(where, "pins a path where paths lets nothing go");
    }
    return key;
  }

  private static Set<Bytes> hashes(String where, JsonNode value) throws MalformedException {
    var hashes = new HashSet<Bytes>();
    for (String text : texts(where, value, MOST)) {
      hashes.add(hash(where, text));
    }
    return hashes;
  }

  /** {@code sha256:<64 hex digits>}. */
  static Bytes hash(String where, String text) throws MalformedException {
    if (text.length() != HASH_PREFIX.length() + 2 * Digests.SHA256.length()
        || !text.startsWith(HASH_PREFIX)) {
      throw new MalformedException(where, "is not sha256:<64 hex digits>");
    }
    return Bytes.ofHex(where, text.substring(HASH_PREFIX.length()));
  }

  private static List<VerificationKey> signers(@Nullable JsonNode value) throws MalformedException {
    var signers = new ArrayList<VerificationKey>();
    if (value != null) {
      for (String pem : texts(SIGNING_KEYS, value, MOST_KEYS)) {
        signers.add(VerificationKey.parse(SIGNING_KEYS + "[" + signers.size() + "]", pem));
      }
    }
    return signers;
  }

  private static Path canonical(String where, String text) throws MalformedException {
    Path path = NodeTree.absolute(where, text);
    if (!path.toString().equals(text)) {
      throw new MalformedException(where, "is not written in the shortest way");
    }
    return path;
  }

  private static List<String> texts(String where, @Nullable JsonNode value, int most)
      throws MalformedException {
    if (!(value instanceof ArrayNode array) || array.isEmpty() || array.size() > most) {
      throw new MalformedException(where, "is not a list of 1 to " + most + " strings");
    }
    var texts = new ArrayList<String>();
    for (JsonNode item : array) {
      if (!item.isString()) {
        throw new MalformedException(where, "holds something that is no string");
      }
      texts.add(item.stringValue());
    }
    return texts;
  }
}
