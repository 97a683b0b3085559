package dev.asterism.config;

import dev.asterism.config.AdmissionPolicy.ControlPlanes;
import dev.asterism.config.AdmissionPolicy.Deny;
import dev.asterism.config.AdmissionPolicy.Profile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads
 *
 * <pre>{@code
 * "admission": {
 *   "profile": "strict" | "compatible",
 *   "controlPlanes": {"mode": "any" | "listed" | "approval", "names": ["control-plane-1"]},
 *   "deny": {"attestationKeys": [hex], "chips": [hex], "disks": [uuid], "names": [name]}
 * }
 * }</pre>
 *
 * Every member may be absent; one that is not known is an error, since a misspelled deny-list would
 * deny nobody.
 */
final class AdmissionPolicyParser {
  private static final String ADMISSION = "admission";
  private static final String CONTROL_PLANES = "controlPlanes";
  private static final String DENY = "deny";
  private static final String NAMES = "names";

  private static final Pattern NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Set<Integer> CHIP_LENGTHS = Set.of(16, 64);
  private static final int SHA256_NAME = 34;
  private static final int SHA384_NAME = 50;

  private AdmissionPolicyParser() {}

  static AdmissionPolicy parse(ObjectNode config) throws MalformedException {
    JsonNode member = config.get(ADMISSION);
    if (member == null) {
      return AdmissionPolicy.DEFAULT;
    }
    ObjectNode admission = object(ADMISSION, member, Set.of("profile", CONTROL_PLANES, DENY));
    Profile profile = profile(admission.get("profile"));
    ControlPlanes controlPlanes = controlPlanes(admission.get(CONTROL_PLANES));
    if (profile == Profile.COMPATIBLE && controlPlanes instanceof ControlPlanes.ByApproval) {
      throw new MalformedException(
          "admission.controlPlanes.mode",
          "cannot be approval where admission.profile is compatible: an approval is bound to a"
              + " machine");
    }
    return new AdmissionPolicy(profile, controlPlanes, deny(admission.get(DENY)));
  }

  private static Profile profile(@Nullable JsonNode member) throws MalformedException {
    String text = member == null ? "strict" : text(member);
    return switch (text) {
      case "strict" -> Profile.STRICT;
      case "compatible" -> Profile.COMPATIBLE;
      default ->
          throw new MalformedException("admission.profile", "is neither strict nor compatible");
    };
  }

  private static ControlPlanes controlPlanes(@Nullable JsonNode member) throws MalformedException {
    if (member == null) {
      return new ControlPlanes.Any();
    }
    String field = ADMISSION + "." + CONTROL_PLANES;
    ObjectNode object = object(field, member, Set.of("mode", NAMES));
    JsonNode mode = object.get("mode");
    String text = mode == null ? "" : text(mode);
    if (!text.equals("listed") && object.has(NAMES)) {
      throw new MalformedException(
          field + ".names", "has no meaning where " + field + ".mode is not listed");
    }
    return switch (text) {
      case "any" -> new ControlPlanes.Any();
      case "listed" -> new ControlPlanes.Listed(names(field + ".names", object.get(NAMES)));
      case "approval" -> new ControlPlanes.ByApproval();
      default -> throw new MalformedException(field + ".mode", "is not any, listed or approval");
    };
  }

  private static Deny deny(@Nullable JsonNode member) throws MalformedException {
    if (member == null) {
      return Deny.NOBODY;
    }
    String field = ADMISSION + "." + DENY;
    ObjectNode deny = object(field, member, Set.of("attestationKeys", "chips", "disks", NAMES));
    var keys = new HashSet<Bytes>();
    for (String text : optional(field + ".attestationKeys", deny.get("attestationKeys"))) {
      keys.add(key(field + ".attestationKeys", text));
    }
    var chips = new HashSet<Bytes>();
    for (String text : optional(field + ".chips", deny.get("chips"))) {
      Bytes chip = Bytes.ofHex(field + ".chips", text);
      if (!CHIP_LENGTHS.contains(chip.length())) {
        throw new MalformedException(
            field + ".chips", "lists something that is neither a CHIP_ID nor a PPID");
      }
      chips.add(chip);
    }
    Set<String> disks = optional(field + ".disks", deny.get("disks"));
    if (!disks.stream().allMatch(disk -> UUID.matcher(disk).matches())) {
      throw new MalformedException(
          field + ".disks", "lists something that is no canonical lower-case UUID");
    }
    JsonNode names = deny.get(NAMES);
    return new Deny(
        keys, chips, disks, names == null ? Set.of() : names(field + "." + NAMES, names));
  }

  private static Bytes key(String field, String hex) throws MalformedException {
    Bytes key = Bytes.ofHex(field, hex);
    boolean name =
        (key.length() == SHA256_NAME && key.hex().startsWith("000b"))
            || (key.length() == SHA384_NAME && key.hex().startsWith("000c"));
    if (!name && key.length() != Deny.KEY_HASH) {
      throw new MalformedException(
          field, "lists something that is neither a SHA-256 nor a TPM name (000b…)");
    }
    return key;
  }

  private static Set<String> names(String field, @Nullable JsonNode member)
      throws MalformedException {
    if (member == null) {
      throw new MalformedException(field, "is missing");
    }
    Set<String> names = strings(field, member);
    if (!names.stream().allMatch(name -> NAME.matcher(name).matches())) {
      throw new MalformedException(
          field, "lists something that is no node's name (RFC 1123, lower case)");
    }
    return names;
  }

  private static Set<String> optional(String field, @Nullable JsonNode member)
      throws MalformedException {
    return member == null ? Set.of() : strings(field, member);
  }

  private static Set<String> strings(String field, JsonNode member) throws MalformedException {
    if (!member.isArray()) {
      throw new MalformedException(field, "is not a JSON array");
    }
    var strings = new LinkedHashSet<String>();
    for (JsonNode item : member) {
      if (!item.isString()) {
        throw new MalformedException(field, "lists something other than strings");
      }
      strings.add(item.stringValue());
    }
    return strings;
  }

  private static ObjectNode object(String field, JsonNode member, Set<String> known)
      throws MalformedException {
    if (!(member instanceof ObjectNode object)) {
      throw new MalformedException(field, "is not an object");
    }
    for (String name : object.propertyNames()) {
      if (!known.contains(name)) {
        throw new MalformedException(
            field, "has a member that is not known; there are " + String.join(", ", sorted(known)));
      }
    }
    return object;
  }

  private static Set<String> sorted(Set<String> names) {
    return new TreeSet<>(names);
  }

  /** Empty where it is no string: no mode and no profile is called that. */
  private static String text(JsonNode member) {
    return member.isString() ? member.stringValue() : "";
  }
}
