package dev.asterism.attestation.azure;

import dev.asterism.device.MetadataService;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Where the attestation service is that a node asks: as somebody says, or an instance's tag. */
@FunctionalInterface
interface MaaAddress {
  /** The contract's, of an instance. */
  String TAG = "constellation-maa-url";

  /** The version has tags as a list. */
  String INSTANCE = "/metadata/instance?api-version=2021-02-01";

  /** With TLS; without it only on this machine. */
  Pattern URL =
      Pattern.compile(
          "(https://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?"
              + "|http://(127\\.0\\.0\\.1|\\[::1]|localhost)(:[0-9]{1,5})?)/?");

  /** Empty where nobody is to be asked. */
  Optional<URI> look() throws IOException, MalformedException;

  /** A URL without a path. */
  static URI parse(String where, String url) throws MalformedException {
    String lower = url.toLowerCase(Locale.ROOT);
    var matcher = URL.matcher(lower);
    if (!matcher.matches()) {
      throw new MalformedException(where, "is not https://HOST");
    }
    return URI.create(matcher.group(1));
  }

  /** What IMDS says. */
  static MaaAddress ofTag(MetadataService host) {
    return () -> {
      Bytes document = host.get(INSTANCE, Map.of("Metadata", "true"));
      Optional<String> said = tag(document);
      return said.isEmpty() ? Optional.empty() : Optional.of(parse("tag " + TAG, said.get()));
    };
  }

  /** The tag's value in an instance's document. */
  static Optional<String> tag(Bytes document) throws MalformedException {
    ObjectNode compute = Json.child(Json.object("instance", document), "compute");
    if (!compute.hasNonNull("tagsList")) {
      return Optional.empty();
    }
    if (!(compute.get("tagsList") instanceof ArrayNode tags)) {
      throw new MalformedException("compute.tagsList", "is not a list");
    }
    for (JsonNode item : tags) {
      // Names of tags have no case.
      if (item instanceof ObjectNode tag && TAG.equalsIgnoreCase(Json.string(tag, "name"))) {
        return Optional.ofNullable(Json.optionalString(tag, "value")).filter(v -> !v.isBlank());
      }
    }
    return Optional.empty();
  }
}
