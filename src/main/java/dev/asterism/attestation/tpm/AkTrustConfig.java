package dev.asterism.attestation.tpm;

import dev.asterism.attestation.TrustedRoots;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The member {@code akTrust} of an attestation config:
 *
 * <ul>
 *   <li>absent or {@code {"mode": "any"}}: any key is taken;
 *   <li>{@code {"mode": "pinned", "keys": […]}}: hex, each a key's TPM name ({@code 000b…}, or
 *       {@code 000c…} where its nameAlg is SHA-384) or the SHA-256 of its DER SubjectPublicKeyInfo;
 *   <li>{@code {"mode": "certificate", "roots": […]}}: PEM, or the id of a built-in trust anchor;
 *       the key's certificate in the document must lead to one of them.
 * </ul>
 */
public final class AkTrustConfig {
  private static final String MEMBER = "akTrust";
  private static final String KEYS = "akTrust.keys";
  private static final String ROOTS = "akTrust.roots";

  private static final int SHA256 = 32;
  private static final int SHA256_NAME = 34;
  private static final int SHA384_NAME = 50;

  private AkTrustConfig() {}

  /** Reads it from the config it is a member of. */
  public static AkTrust parse(ObjectNode attestationConfig) throws MalformedException {
    JsonNode member = attestationConfig.get(MEMBER);
    if (member == null || member.isNull()) {
      return new AkTrust.Any();
    }
    ObjectNode trust = Json.child(attestationConfig, MEMBER);
    String mode = mode(trust);
    return switch (mode) {
      case "any" -> {
        refuse(trust, "keys", mode);
        refuse(trust, "roots", mode);
        yield new AkTrust.Any();
      }
      case "pinned" -> {
        refuse(trust, "roots", mode);
        yield new AkTrust.Pinned(keys(trust));
      }
      case "certificate" -> {
        refuse(trust, "keys", mode);
        yield certified(trust);
      }
      default -> throw new MalformedException("akTrust.mode", "is not any, pinned or certificate");
    };
  }

  private static String mode(ObjectNode trust) throws MalformedException {
    JsonNode mode = trust.get("mode");
    if (mode == null || !mode.isString()) {
      throw new MalformedException("akTrust.mode", "is not any, pinned or certificate");
    }
    return mode.stringValue();
  }

  /** Somebody who lists keys means them to count; an empty list means nothing. */
  private static void refuse(ObjectNode trust, String member, String mode)
      throws MalformedException {
    JsonNode list = trust.get(member);
    if (list != null && !list.isNull() && !(list instanceof ArrayNode none && none.isEmpty())) {
      throw new MalformedException(
          MEMBER + "." + member, "has no meaning where akTrust.mode is " + mode);
    }
  }

  private static Set<Bytes> keys(ObjectNode trust) throws MalformedException {
    Set<Bytes> keys = new HashSet<>();
    for (String text : strings(trust, "keys", KEYS)) {
      Bytes key = Bytes.ofHex(KEYS, text);
      boolean name =
          (key.length() == SHA256_NAME && key.hex().startsWith("000b"))
              || (key.length() == SHA384_NAME && key.hex().startsWith("000c"));
      if (!name && key.length() != SHA256) {
        throw new MalformedException(
            KEYS, "lists something that is neither a TPM name (000b…) nor a SHA-256");
      }
      keys.add(key);
    }
    return keys;
  }

  private static AkTrust certified(ObjectNode trust) throws MalformedException {
    return new AkTrust.Certified(
        TrustedRoots.listed(ROOTS, strings(trust, "roots", ROOTS)),
        Set.of(AkTrust.Certified.AIK_PURPOSE));
  }

  private static List<String> strings(ObjectNode trust, String member, String where)
      throws MalformedException {
    if (!(trust.get(member) instanceof ArrayNode array) || array.isEmpty()) {
      throw new MalformedException(where, "must list at least one");
    }
    List<String> strings = new ArrayList<>();
    for (JsonNode item : array) {
      if (!item.isString()) {
        throw new MalformedException(where, "lists something that is not a string");
      }
      strings.add(item.stringValue());
    }
    return strings;
  }
}
