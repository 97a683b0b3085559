package dev.asterism.attestation.snp;

import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.BundleTrust;
import dev.asterism.attestation.TrustAnchor;
import dev.asterism.attestation.snp.TcbVersion.Component;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the relying party supplies with a bundle that holds a report: by its manifest ({@code trust}
 * and {@code inputs.policy}), or by a config of one's own.
 *
 * @param reportData exactly; null where the manifest does not say
 */
public record SnpInputs(
    ReportPolicy policy, SnpRoots roots, Revocation revocation, @Nullable Bytes reportData) {
  private static final String POLICY = "inputs.policy";
  private static final Set<String> MEMBERS =
      Set.of(
          "allow_debug", "allow_migration_agent", "vmpl", "min_tcb", "report_data", "measurement");
  private static final int LARGEST_VERSION = 255;

  /**
   * Reads them.
   *
   * @param own replaces the manifest's policy; null where the manifest's counts
   */
  public static SnpInputs of(Bundle bundle, @Nullable SnpConfig own) throws MalformedException {
    ObjectNode inputs = bundle.inputs();
    ConfigReader stated =
        new ConfigReader(
            POLICY, inputs.hasNonNull("policy") ? Json.child(inputs, "policy") : Json.newObject());
    Bytes reportData = reportData(stated);
    if (own != null) {
      return new SnpInputs(own.policy(), own.roots(), own.revocation(), reportData);
    }
    stated.onlyHas(MEMBERS);
    return new SnpInputs(policy(stated), roots(bundle), Revocation.IF_AVAILABLE, reportData);
  }

  private static @Nullable Bytes reportData(ConfigReader in) throws MalformedException {
    String hex = Json.optionalString(in.node(), "report_data");
    // Of another length it is what no report has.
    return hex == null ? null : Bytes.ofHex(in.at("report_data"), hex);
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
            ListedField.MEASUREMENT, Set.of(Bytes.ofHex(in.at("measurement"), measurement)));
  }

  /** One minimum, for whichever line has all its components. */
  private static Map<ProductLine, TcbMinimum> minimum(ConfigReader in) throws MalformedException {
    if (!in.has("min_tcb")) {
      return Map.of();
    }
    Map<ProductLine, TcbMinimum> minima = new EnumMap<>(ProductLine.class);
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
    Optional<BundleTrust> trust = BundleTrust.of(bundle);
    if (trust.isEmpty()) {
      return SnpRoots.AMD;
    }
    try {
      return switch (trust.get()) {
        case BundleTrust.Anchor(TrustAnchor anchor) -> SnpRoots.of("trust.anchor", anchor);
        case BundleTrust.File(X509Certificate root) -> SnpRoots.of("trust.file", List.of(root));
      };
    } catch (MalformedException e) {
      // Trust in somebody who makes no processors: no chain ends there.
      return SnpRoots.NONE;
    }
  }
}
