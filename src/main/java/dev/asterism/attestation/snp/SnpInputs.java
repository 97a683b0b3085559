package dev.asterism.attestation.snp;

import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.TrustAnchor;
import dev.asterism.attestation.snp.TcbVersion.Component;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the relying party supplies with an {@code snp-report} bundle: by its manifest ({@code trust}
 * and {@code inputs.policy}), or by a config of one's own.
 *
 * @param reportData exactly; null where nobody said
 */
record SnpInputs(
    ReportPolicy policy, SnpRoots roots, Revocation revocation, @Nullable Bytes reportData) {
  private static final String POLICY = "inputs.policy";
  private static final Set<String> MEMBERS =
      Set.of(
          "allow_debug", "allow_migration_agent", "vmpl", "min_tcb", "report_data", "measurement");
  private static final int REPORT_DATA = 64;
  private static final int LARGEST_VERSION = 255;

  static SnpInputs of(Bundle bundle, Bundle.Ruling own) throws MalformedException {
    ObjectNode inputs = bundle.inputs();
    ConfigReader stated =
        new ConfigReader(
            POLICY, inputs.hasNonNull("policy") ? Json.child(inputs, "policy") : Json.newObject());
    Bytes nonce = own.nonce();
    Bytes reportData = nonce != null ? nonce : reportData(stated);
    ObjectNode config = own.config();
    if (config != null) {
      SnpConfig ruling = SnpConfig.parse(config);
      return new SnpInputs(ruling.policy(), ruling.roots(), ruling.revocation(), reportData);
    }
    stated.onlyHas(MEMBERS);
    return new SnpInputs(policy(stated), roots(bundle), Revocation.IF_AVAILABLE, reportData);
  }

  private static @Nullable Bytes reportData(ConfigReader in) throws MalformedException {
    String hex = Json.optionalString(in.node(), "report_data");
    return hex == null ? null : in.hex("report_data", hex, REPORT_DATA);
  }

  private static ReportPolicy policy(ConfigReader in) throws MalformedException {
    Set<GuestPolicyBit> allowed = EnumSet.of(GuestPolicyBit.SMT);
    if (flag(in, "allow_debug")) {
      allowed.add(GuestPolicyBit.DEBUG);
    }
    if (flag(in, "allow_migration_agent")) {
      allowed.add(GuestPolicyBit.MIGRATION_AGENT);
    }
    ReportPolicy basic = ReportPolicy.BASIC;
    ReportPolicy policy =
        new ReportPolicy(
            allowed,
            basic.required(),
            basic.platform(),
            in.has("vmpl") ? SnpConfig.vmpls(in.at("vmpl"), in.node().get("vmpl")) : basic.vmpls(),
            minimum(in),
            basic.lists(),
            null,
            0,
            0,
            ReportPolicy.ANY_VERSION,
            0,
            0);
    String measurement = Json.optionalString(in.node(), "measurement");
    return measurement == null
        ? policy
        : policy.listing(
            ListedField.MEASUREMENT,
            Set.of(in.hex("measurement", measurement, ListedField.MEASUREMENT.length())));
  }

  /** One minimum, for whichever line has all its components. */
  private static Map<ProductLine, TcbMinimum> minimum(ConfigReader in) throws MalformedException {
    Map<ProductLine, TcbMinimum> minima = new EnumMap<>(ProductLine.class);
    if (!in.has("min_tcb")) {
      return minima;
    }
    ConfigReader stated = in.child("min_tcb");
    Map<Component, Integer> versions = new EnumMap<>(Component.class);
    for (Component component : Component.values()) {
      if (stated.node().has(component.id())) {
        versions.put(component, (int) stated.number(component.id(), LARGEST_VERSION));
      }
    }
    if (versions.size() != stated.node().size()) {
      throw new MalformedException(in.at("min_tcb"), "has a member that is no component");
    }
    for (ProductLine line : ProductLine.values()) {
      if (TcbVersion.components(line).containsAll(versions.keySet())) {
        minima.put(line, TcbMinimum.all(versions));
      }
    }
    return minima;
  }

  private static boolean flag(ConfigReader in, String member) throws MalformedException {
    JsonNode value = in.node().get(member);
    if (value == null || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw new MalformedException(in.at(member), "is not true or false");
    }
    return value.booleanValue();
  }

  private static SnpRoots roots(Bundle bundle) throws MalformedException {
    ObjectNode trust = bundle.trust();
    String anchor = Json.optionalString(trust, "anchor");
    String file = Json.optionalString(trust, "file");
    if (anchor != null && file != null) {
      throw new MalformedException("trust", "names both an anchor and a file");
    }
    if (anchor != null) {
      return SnpRoots.of(
          "trust.anchor",
          TrustAnchor.byId(anchor)
              .orElseThrow(
                  () -> new MalformedException("trust.anchor", "is not the id of an anchor")));
    }
    if (file != null) {
      Bytes der = trusted(bundle, file);
      return SnpRoots.of("trust.file", List.of(Pem.certificate("trust.file", der)));
    }
    return SnpRoots.AMD;
  }

  /** {@code trust.file} is a file's name, as in {@code files}; those are kept by role. */
  private static Bytes trusted(Bundle bundle, String name) throws MalformedException {
    ObjectNode files = Json.child(bundle.manifest(), "files");
    for (var entry : files.properties()) {
      if (entry.getValue().isString() && entry.getValue().stringValue().equals(name)) {
        return bundle.file(entry.getKey());
      }
    }
    throw new MalformedException("trust.file", "is none of the bundle's files");
  }
}
