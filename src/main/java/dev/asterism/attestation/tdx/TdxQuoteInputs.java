package dev.asterism.attestation.tdx;

import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.TrustAnchor;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the relying party supplies with a {@code tdx-quote} bundle.
 *
 * @param reportData what the quote must carry, 64 bytes
 */
record TdxQuoteInputs(TdxPolicy policy, Bytes reportData) {

  /** By the manifest, or by what the caller says in its place. */
  static TdxQuoteInputs of(Bundle bundle, Bundle.Ruling own) throws MalformedException {
    ObjectNode inputs = bundle.inputs();
    ObjectNode policy =
        inputs.hasNonNull("policy") ? Json.child(inputs, "policy") : Json.newObject();
    ObjectNode config = own.config();
    return new TdxQuoteInputs(
        config != null ? TdxPolicyJson.parse(config) : policy(bundle, inputs, policy),
        reportData(policy, own.nonce()));
  }

  private static Bytes reportData(ObjectNode policy, @Nullable Bytes own)
      throws MalformedException {
    if (own == null) {
      String hex = Json.optionalString(policy, "reportdata");
      if (hex == null) {
        throw new MalformedException(
            "inputs.policy.reportdata", "is missing: give the report data with --nonce");
      }
      return sized("inputs.policy.reportdata", Bytes.ofHex("inputs.policy.reportdata", hex));
    }
    return sized("--nonce", own);
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
        TdxPolicy.Platform.DEFAULT);
  }

  private static TdxRoot root(Bundle bundle) throws MalformedException {
    ObjectNode trust = bundle.trust();
    String anchor = Json.optionalString(trust, "anchor");
    if (anchor != null) {
      return new TdxRoot.Known(
          TrustAnchor.byId(anchor)
              .orElseThrow(
                  () -> new MalformedException("trust.anchor", "is not the id of a trust anchor")));
    }
    if (!trust.hasNonNull("file")) {
      return TdxRoot.intel();
    }
    return new TdxRoot.Given(Pem.certificate("root", bundle.file("root")));
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
