package dev.asterism.attestation.tdx;

import dev.asterism.attestation.Measurements;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads {@link TdxPolicy} from an attestation config; see {@code docs/tdx.md} for its members. */
final class TdxPolicyJson {
  /** Far more platforms than a cluster has. */
  private static final int MAX_LISTED = 10_000;

  private static final int MAX_SVN = 0xffff;

  private final ObjectNode config;

  private TdxPolicyJson(ObjectNode config) {
    this.config = config;
  }

  /** The whole of it; absent members ask for the least that is safe. */
  static TdxPolicy parse(ObjectNode config) throws MalformedException {
    return parse(config, TdxPolicy.registers(config, "measurements"));
  }

  /** The same, for a config whose measurements are not those of a TD. */
  static TdxPolicy parse(ObjectNode config, Measurements registers) throws MalformedException {
    return new TdxPolicyJson(config).policy(registers);
  }

  private TdxPolicy policy(Measurements measurements) throws MalformedException {
    return new TdxPolicy(
        measurements,
        root(),
        requiresCollateral(),
        statuses(),
        advisories(),
        number("minTCBEvaluationDataNumber", Integer.MAX_VALUE),
        td(),
        platform());
  }

  private TdxPolicy.Td td() throws MalformedException {
    return new TdxPolicy.Td(
        flag("allowDebug"),
        flag("allowMigration"),
        bytes("tdAttributes", TdQuoteBody.ATTRIBUTES),
        bytes("xfam", TdQuoteBody.ATTRIBUTES),
        oneOrMore("mrSeam", TdQuoteBody.REGISTER),
        oneOrMore("mrConfigID", TdQuoteBody.REGISTER),
        oneOrMore("mrOwner", TdQuoteBody.REGISTER),
        oneOrMore("mrOwnerConfig", TdQuoteBody.REGISTER));
  }

  private TdxPolicy.Platform platform() throws MalformedException {
    return new TdxPolicy.Platform(
        bytes("teeTCBSVN", TdQuoteBody.SVN),
        bytes("qeVendorID", 16),
        number("qeSVN", MAX_SVN),
        number("pceSVN", MAX_SVN),
        list("allowedFMSPCs", 6),
        list("allowedPPIDs", 16));
  }

  private TdxRoot root() throws MalformedException {
    String pem = Json.optionalString(config, "intelRootKey");
    if (pem == null || pem.isBlank()) {
      return TdxRoot.intel();
    }
    var certificates = Pem.certificates("intelRootKey", pem);
    if (certificates.size() != 1) {
      throw new MalformedException("intelRootKey", "must hold exactly one certificate");
    }
    return new TdxRoot.Given(certificates.getFirst());
  }

  private boolean requiresCollateral() throws MalformedException {
    String text = Json.optionalString(config, "collateral");
    return switch (text == null ? "required" : text) {
      case "required" -> true;
      case "optional" -> false;
      default -> throw new MalformedException("collateral", "is not required or optional");
    };
  }

  private Set<TcbStatus> statuses() throws MalformedException {
    String member = "acceptedTCBStatuses";
    ArrayNode array = array(member);
    if (array == null) {
      return EnumSet.of(TcbStatus.UP_TO_DATE);
    }
    Set<TcbStatus> statuses = EnumSet.noneOf(TcbStatus.class);
    for (JsonNode item : array) {
      TcbStatus status = TcbStatus.byId(member, text(member, item));
      if (status == TcbStatus.REVOKED) {
        throw new MalformedException(member, "accepts Revoked: such a platform proves nothing");
      }
      statuses.add(status);
    }
    return statuses;
  }

  private @Nullable Set<String> advisories() throws MalformedException {
    String member = "acceptedAdvisories";
    ArrayNode array = array(member);
    if (array == null) {
      return null;
    }
    Set<String> advisories = new HashSet<>();
    for (JsonNode item : array) {
      advisories.add(text(member, item).toUpperCase(Locale.ROOT));
    }
    return advisories;
  }

  private boolean flag(String member) throws MalformedException {
    JsonNode value = config.get(member);
    if (value == null || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw new MalformedException(member, "is not true or false");
    }
    return value.booleanValue();
  }

  private int number(String member, int max) throws MalformedException {
    JsonNode value = config.get(member);
    if (value == null || value.isNull()) {
      return 0;
    }
    if (!value.isInt() || value.intValue() < 0 || value.intValue() > max) {
      throw new MalformedException(
          member,
          "is not a number from 0 to "
              + max
              + ("latest".equals(value.asString(""))
                  ? ": resolve latest before it reaches a cluster"
                  : ""));
    }
    return value.intValue();
  }

  /** Null where absent or empty: not asked. */
  private @Nullable Bytes bytes(String member, int length) throws MalformedException {
    String hex = Json.optionalString(config, member);
    return hex == null || hex.isEmpty() ? null : bytes(member, hex, length);
  }

  private static Bytes bytes(String member, String hex, int length) throws MalformedException {
    Bytes value = Bytes.ofHex(member, hex);
    if (value.length() != length) {
      throw new MalformedException(member, "must have " + length + " bytes");
    }
    return value;
  }

  /** A hex string or a list of such; none where absent or empty. */
  private Set<Bytes> oneOrMore(String member, int length) throws MalformedException {
    JsonNode value = config.get(member);
    if (value != null && value.isString()) {
      Bytes one = bytes(member, length);
      return one == null ? Set.of() : Set.of(one);
    }
    return list(member, length);
  }

  /** A list of hex; an empty one would refuse everything, which nobody means. */
  private Set<Bytes> list(String member, int length) throws MalformedException {
    ArrayNode array = array(member);
    if (array == null) {
      return Set.of();
    }
    if (array.isEmpty()) {
      throw new MalformedException(member, "is empty: leave it out to accept any");
    }
    Set<Bytes> values = new HashSet<>();
    for (JsonNode item : array) {
      values.add(bytes(member, text(member, item), length));
    }
    return values;
  }

  private @Nullable ArrayNode array(String member) throws MalformedException {
    JsonNode value = config.get(member);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!(value instanceof ArrayNode array) || array.size() > MAX_LISTED) {
      throw new MalformedException(member, "is not a list, or a very long one");
    }
    return array;
  }

  private static String text(String member, JsonNode item) throws MalformedException {
    if (!item.isString()) {
      throw new MalformedException(member, "lists something that is not a string");
    }
    return item.stringValue();
  }
}
