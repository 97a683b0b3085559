package dev.asterism.attestation.azure;

import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.BundleTrust;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Claims;
import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.TrustAnchor;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.azure.HclReport.Hardware;
import dev.asterism.attestation.tpm.AkTrust;
import dev.asterism.attestation.tpm.AkTrustConfig;
import dev.asterism.attestation.tpm.BundledQuote;
import dev.asterism.attestation.tpm.PcrPolicy;
import dev.asterism.attestation.tpm.VerifiedQuote;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the bundles of both kinds of hardware have in common: the HCL report, a quote by the key
 * that it names, and perhaps Microsoft's certificate of that key.
 */
final class HclBundle {
  static final CheckId FILES = new CheckId("files.parse", Stage.PARSE);
  static final CheckId USER_DATA = new CheckId("hcl.user-data", Stage.POLICY);
  static final CheckId REPORT_DATA = new CheckId("hcl.report-data", Stage.BINDING);

  private final Bundle bundle;
  private final Variant variant;
  private final BundledQuote.Request request;
  private final @Nullable AkTrust certified;
  private final @Nullable Bytes userData;
  private final @Nullable Measurements measurements;

  /** Reads what the relying party supplies; the evidence itself is not looked at. */
  HclBundle(Bundle bundle, Bundle.Ruling own, Variant variant) throws MalformedException {
    this.bundle = bundle;
    this.variant = variant;
    this.request = new BundledQuote.Request(bundle, own.nonce());
    bundle.file("hcl_report");
    ObjectNode config = own.config();
    String hex = Json.optionalString(bundle.inputs(), "user_data");
    this.userData = hex == null ? null : Bytes.ofHex("inputs.user_data", hex);
    this.certified = config == null ? ofManifest(bundle) : ofConfig(config);
    this.measurements = config == null ? null : PcrPolicy.measurements(config, variant);
  }

  private static @Nullable AkTrust ofConfig(ObjectNode config) throws MalformedException {
    AkTrust trust = AkTrustConfig.parse(config);
    return trust instanceof AkTrust.Any ? null : trust;
  }

  /** A certificate that comes along counts, and one that the manifest asks for must come. */
  private static @Nullable AkTrust ofManifest(Bundle bundle) throws MalformedException {
    Optional<BundleTrust> trust = BundleTrust.ofAk(bundle);
    if (trust.isPresent()) {
      return new AkTrust.Certified(trust.get().roots(), Set.of(AkTrust.Certified.AIK_PURPOSE));
    }
    return bundle.optionalFile("ak_cert").isEmpty()
        ? null
        : new AkTrust.Certified(List.of(), Set.of(TrustAnchor.AZURE_VTPM_ROOT_2023));
  }

  /**
   * All checks.
   *
   * @param genuine those of the hardware's report
   * @param good what a policy asks of it
   */
  List<CheckId> plan(List<CheckId> genuine, List<CheckId> good) {
    List<CheckId> plan = new ArrayList<>(List.of(FILES));
    plan.addAll(genuine);
    plan.add(REPORT_DATA);
    plan.add(HclAk.KEY);
    plan.add(BundledQuote.ATTRIBUTES);
    if (certified != null) {
      plan.addAll(certified.plan());
    }
    plan.addAll(BundledQuote.VERIFY_PLAN);
    plan.addAll(good);
    plan.add(USER_DATA);
    plan.addAll(BundledQuote.EXPLAIN_PLAN);
    plan.add(BundledQuote.MEASUREMENT);
    return plan;
  }

  /** The evidence, all of it read. */
  record Parsed(HclReport report, RuntimeData claims, BundledQuote quote) {}

  Parsed parse(Hardware hardware) throws MalformedException {
    HclReport report = HclReport.parse(bundle.file("hcl_report"));
    if (report.hardware() != hardware) {
      throw new MalformedException("hcl_report", "is not of " + hardware);
    }
    RuntimeData claims = RuntimeData.parse(report.runtimeData());
    boolean ownKey =
        bundle.optionalFile("ak_public").isPresent() || bundle.optionalFile("ak").isPresent();
    return new Parsed(report, claims, request.read(ownKey ? null : claims.ak()));
  }

  /** Whether the quote is by the key that the report vouches for; empty where it is not. */
  Optional<VerifiedQuote> verify(
      Checklist checks, Parsed parsed, @Nullable Bytes statedReportData, Instant at) {
    if (statedReportData == null) {
      checks.skip(REPORT_DATA, "it follows from the runtime data");
    } else {
      checks.equal(
          REPORT_DATA, statedReportData, RuntimeData.reportData(parsed.report().runtimeData()));
    }
    HclAk.named(checks, parsed.claims(), parsed.quote().key());
    parsed.quote().checkAttributes(checks);
    if (certified != null) {
      var _ = certified.check(checks, parsed.quote().presented(at));
    }
    return checks.anyFailed() ? Optional.empty() : parsed.quote().verify(checks);
  }

  /** Whether claims, log and values are good. */
  void appraise(Checklist checks, Parsed parsed, VerifiedQuote quote) {
    Bytes actual = parsed.claims().userData();
    if (userData == null) {
      checks.skip(USER_DATA, "nobody said what it must be");
    } else {
      checks.equal(USER_DATA, userData, actual == null ? Bytes.EMPTY : actual);
    }
    parsed.quote().explain(checks, quote);
    BundledQuote.appraise(checks, quote, measurements);
  }

  /** What genuine evidence says; null where the quote is of a bank that is not compared. */
  @Nullable Claims claims(Parsed parsed, VerifiedQuote quote, Map<Identifier, String> ofHardware) {
    return quote.bank() != variant.measurementHash()
        ? null
        : new Claims(
            variant, Bytes.EMPTY, quote.pcrs(), parsed.quote().identity(quote, ofHardware));
  }

  /** What is inside, for people and unverified. */
  List<Fact> facts(Hardware hardware) throws MalformedException {
    Parsed parsed = parse(hardware);
    List<Fact> facts = new ArrayList<>(parsed.quote().facts());
    Bytes said = parsed.claims().userData();
    facts.add(new Fact("runtime user-data", said == null ? "none" : said.hex()));
    return facts;
  }
}
