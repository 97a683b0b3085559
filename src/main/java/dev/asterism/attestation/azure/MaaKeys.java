package dev.asterism.attestation.azure;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.Endorsement.Life;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The keys of one of Microsoft's attestation services (JWKS, RFC 7517), each as a certificate that
 * signed itself. Nothing vouches for them but the connection to the host that the policy names.
 */
record MaaKeys(List<Key> keys) {
  /** The service's name; a mirror has hosts as the first part of its paths. */
  static final String SERVICE = "azure-maa";

  private static final String WHAT = "MAA keys";
  private static final int LARGEST = 256 * 1024;
  private static final int MAX_KEYS = 64;
  private static final Pattern URL =
      Pattern.compile("https://([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)/?");

  record Key(String id, X509Certificate certificate) {}

  MaaKeys {
    keys = List.copyOf(keys);
  }

  /** The host of a service's URL, which has no path. */
  static String host(String where, String url) throws MalformedException {
    var matcher = URL.matcher(url.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new MalformedException(where, "is not https://HOST");
    }
    return matcher.group(1);
  }

  /** How to ask for them. */
  static EndorsementRequest request(String host) {
    return new EndorsementRequest(
        SERVICE,
        "/" + host + "/certs",
        List.of(),
        LARGEST,
        answer -> life(parse(answer.body())),
        false);
  }

  static MaaKeys of(Endorsement endorsement) {
    try {
      return parse(endorsement.body());
    } catch (MalformedException e) {
      throw new IllegalStateException("an endorsement passed inspection and is malformed", e);
    }
  }

  static MaaKeys parse(Bytes json) throws MalformedException {
    if (!(Json.object(WHAT, json).get("keys") instanceof ArrayNode list)
        || list.isEmpty()
        || list.size() > MAX_KEYS) {
      throw new MalformedException("keys", "is not a list of 1 to " + MAX_KEYS);
    }
    List<Key> keys = new ArrayList<>();
    for (JsonNode item : list) {
      if (!(item instanceof ObjectNode jwk)
          || !(jwk.get("x5c") instanceof ArrayNode chain)
          || chain.isEmpty()) {
        throw new MalformedException("keys", "has one without a certificate (x5c)");
      }
      Bytes der = Bytes.ofBase64("x5c", chain.get(0).asString(""));
      keys.add(new Key(Json.string(jwk, "kid"), Pem.certificate("x5c", der)));
    }
    return new MaaKeys(keys);
  }

  /** Until the first of them ends; the newest began when they were last changed. */
  private static Life life(MaaKeys keys) {
    Instant issued = Instant.MIN;
    Instant end = Instant.MAX;
    for (Key key : keys.keys()) {
      Instant from = key.certificate().getNotBefore().toInstant();
      Instant to = key.certificate().getNotAfter().toInstant();
      issued = from.isAfter(issued) ? from : issued;
      end = to.isBefore(end) ? to : end;
    }
    return new Life(issued, end, true);
  }

  /** The one of that id that counts then. */
  Optional<X509Certificate> find(String id, Instant at) {
    return keys.stream()
        .filter(k -> k.id().equals(id))
        .map(Key::certificate)
        .filter(c -> !at.isBefore(c.getNotBefore().toInstant()))
        .filter(c -> !at.isAfter(c.getNotAfter().toInstant()))
        .findFirst();
  }
}
