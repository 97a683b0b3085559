package dev.asterism.attestation.gcp;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.TrustedRoots;
import dev.asterism.attestation.tpm.AkBinding;
import dev.asterism.attestation.tpm.BundledQuote;
import dev.asterism.attestation.tpm.SigningKeys;
import dev.asterism.attestation.tpm.VerifiedQuote;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Kind {@code gcp-vtpm}: a quote of a shielded instance, its key's certificate, and inputs {@code
 * project}, {@code zone}, {@code instance_id} beside those of {@code tpm-quote}.
 */
public final class GcpVtpmKind implements EvidenceKind {
  static final CheckId FILES = new CheckId("files.parse", Stage.PARSE);

  @Override
  public Set<String> kinds() {
    return Set.of("gcp-vtpm");
  }

  @Override
  public Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at)
      throws MalformedException {
    var request = new BundledQuote.Request(bundle, own.nonce());
    AkBinding binding = new GcpAkBinding(TrustedRoots.of(bundle), wanted(bundle.inputs()));
    Bytes certificate = bundle.file("ak_cert");
    Checklist checks = new Checklist(plan(binding));
    BundledQuote evidence;
    try {
      evidence = read(bundle, request, certificate);
    } catch (MalformedException e) {
      checks.fail(FILES, String.valueOf(e.getMessage()));
      return checks.conclude(null);
    }
    checks.pass(FILES, "");
    evidence.checkAttributes(checks);
    var _ = binding.check(checks, evidence.presented(at));
    if (checks.anyFailed()) {
      return checks.conclude(null);
    }
    Optional<VerifiedQuote> quote = evidence.verify(checks);
    quote.ifPresent(q -> evidence.explain(checks, q));
    return checks.conclude(null);
  }

  @Override
  public List<Fact> show(Bundle bundle) throws MalformedException {
    Bytes certificate = bundle.file("ak_cert");
    var facts =
        new ArrayList<>(
            read(bundle, new BundledQuote.Request(bundle, Bytes.EMPTY), certificate).facts());
    GcpInstance.of(Pem.certificate("ak_cert", certificate))
        .ifPresent(i -> {
          facts.add(new Fact("project", i.projectId()));
          facts.add(new Fact("zone", i.zone()));
          facts.add(new Fact("instance id", i.instanceId()));
          facts.add(new Fact("instance name", i.name()));
        });
    return facts;
  }

  private static List<CheckId> plan(AkBinding binding) {
    List<CheckId> plan = new ArrayList<>(List.of(FILES, BundledQuote.ATTRIBUTES));
    plan.addAll(binding.plan());
    plan.addAll(BundledQuote.VERIFY_PLAN);
    plan.addAll(BundledQuote.EXPLAIN_PLAN);
    return plan;
  }

  /**
   * The key is that of the public area, which the certificate must hold; else the certificate's.
   */
  private static BundledQuote read(Bundle bundle, BundledQuote.Request request, Bytes certificate)
      throws MalformedException {
    return request.read(
        bundle.optionalFile("ak_public").isPresent()
            ? null
            : SigningKeys.of(Pem.certificate("ak_cert", certificate)));
  }

  private static GcpAkBinding.Wanted wanted(ObjectNode inputs) throws MalformedException {
    return new GcpAkBinding.Wanted(
        Json.optionalString(inputs, "project"),
        Json.optionalString(inputs, "zone"),
        Json.optionalString(inputs, "instance_id"));
  }
}
