package dev.asterism.attestation.tdx;

import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.BundleTrust;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.TrustAnchor;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the relying party supplies with a bundle that holds a TD quote.
 *
 * @param reportData what the quote must carry, 64 bytes; null where the manifest does not say
 */
public record TdxQuoteInputs(TdxPolicy policy, @Nullable Bytes reportData) {
  /** All, or none. */
  private static final List<String> COLLATERAL =
      List.of(
          "tcb_info", "tcb_info_chain", "qe_identity", "qe_identity_chain", "root_crl", "pck_crl");

  /**
   * Reads them.
   *
   * @param own replaces the manifest's policy; null where the manifest's counts
   */
  public static TdxQuoteInputs of(Bundle bundle, @Nullable TdxPolicy own)
      throws MalformedException {
    ObjectNode inputs = bundle.inputs();
    ObjectNode policy =
        inputs.hasNonNull("policy") ? Json.child(inputs, "policy") : Json.newObject();
    String hex = Json.optionalString(policy, "reportdata");
    return new TdxQuoteInputs(
        own != null ? own : policy(bundle, inputs, policy),
        hex == null
            ? null
            : sized("inputs.policy.reportdata", Bytes.ofHex("inputs.policy.reportdata", hex)));
  }

  /** The collateral that the bundle holds; where it holds none, none is to be had. */
  public static TdxCollateralSource collateral(Bundle bundle) throws MalformedException {
    if (COLLATERAL.stream().noneMatch(bundle.files()::containsKey)) {
      return platform -> {
        throw new TdxCollateralSource.UnavailableException("the bundle holds none");
      };
    }
    TdxCollateral collateral =
        new TdxCollateral(
            bundle.file("tcb_info"),
            bundle.file("tcb_info_chain"),
            bundle.file("qe_identity"),
            bundle.file("qe_identity_chain"),
            bundle.file("root_crl"),
            bundle.file("pck_crl"));
    return platform -> collateral;
  }

  /**
   * What the quote must carry; null where nobody says.
   *
   * @param own what the caller says in the manifest's place; null where that counts
   */
  @Nullable Bytes reportData(@Nullable Bytes own) throws MalformedException {
    return own == null ? reportData : sized("--nonce", own);
  }

  private static Bytes sized(String field, Bytes reportData) throws MalformedException {
    if (reportData.length() != TdQuoteBody.REPORT_DATA) {
      throw new MalformedException(
          field, "must have the " + TdQuoteBody.REPORT_DATA + " bytes of report data");
    }
    return reportData;
  }

  private static TdxPolicy policy(Bundle bundle, ObjectNode inputs, ObjectNode policy)
      throws MalformedException {
    return new TdxPolicy(
        measurements(policy),
        root(bundle),
        flag(inputs, "inputs.", "collateral", true),
        statuses(policy),
        null,
        0,
        TdxPolicy.Td.DEFAULT.withDebug(flag(policy, "inputs.policy.", "allow_debug", false)),
        TdxPolicy.Platform.OF_INTEL);
  }

  /** The root that the manifest trusts; Intel's where it names none. */
  static TdxRoot root(Bundle bundle) throws MalformedException {
    Optional<BundleTrust> trust = BundleTrust.of(bundle);
    if (trust.isEmpty()) {
      return TdxRoot.intel();
    }
    return switch (trust.get()) {
      case BundleTrust.Anchor(TrustAnchor anchor) -> new TdxRoot.Known(anchor);
      case BundleTrust.File(X509Certificate root) -> new TdxRoot.Given(root);
    };
  }

  private static Measurements measurements(ObjectNode policy) throws MalformedException {
    TreeMap<Integer, Measurements.Measurement> byIndex = new TreeMap<>();
    put(byIndex, 0, policy, "mrtd");
    for (int i = 0; i < TdQuoteBody.RTMRS; i++) {
      put(byIndex, i + 1, policy, "rtmr" + i);
    }
    return new Measurements(byIndex);
  }

  private static void put(
      TreeMap<Integer, Measurements.Measurement> byIndex,
      int index,
      ObjectNode policy,
      String member)
      throws MalformedException {
    String hex = Json.optionalString(policy, member);
    if (hex == null) {
      return;
    }
    Bytes value = Bytes.ofHex("inputs.policy." + member, hex);
    if (value.length() != TdQuoteBody.REGISTER) {
      throw new MalformedException(
          "inputs.policy." + member, "must have " + TdQuoteBody.REGISTER + " bytes");
    }
    byIndex.put(index, new Measurements.Measurement(value, false));
  }

  private static Set<TcbStatus> statuses(ObjectNode policy) throws MalformedException {
    String field = "inputs.policy.accepted_tcb_status";
    JsonNode value = policy.get("accepted_tcb_status");
    if (value == null || value.isNull()) {
      return EnumSet.of(TcbStatus.UP_TO_DATE);
    }
    if (!(value instanceof ArrayNode array)) {
      throw new MalformedException(field, "is not a list");
    }
    Set<TcbStatus> statuses = EnumSet.noneOf(TcbStatus.class);
    for (JsonNode item : array) {
      if (!item.isString()) {
        throw new MalformedException(field, "lists something that is not a string");
      }
      TcbStatus status = TcbStatus.byId(field, item.stringValue());
      if (status == TcbStatus.REVOKED) {
        throw new MalformedException(field, "accepts Revoked: such a platform proves nothing");
      }
      statuses.add(status);
    }
    return statuses;
  }

  private static boolean flag(ObjectNode node, String prefix, String member, boolean otherwise)
      throws MalformedException {
    JsonNode value = node.get(member);
    if (value == null || value.isNull()) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw new MalformedException(prefix + member, "is not true or false");
    }
    return value.booleanValue();
  }
}
