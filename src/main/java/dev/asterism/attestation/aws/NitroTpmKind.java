package dev.asterism.attestation.aws;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.TrustedRoots;
import dev.asterism.attestation.tpm.BundledQuote;
import dev.asterism.attestation.tpm.VerifiedQuote;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Kind {@code aws-nitrotpm}: the document that the hypervisor signs for a NitroTPM, and with it a
 * quote by the key that the document names, or the document alone.
 */
public final class NitroTpmKind implements EvidenceKind {
  static final CheckId FILES = new CheckId("files.parse", Stage.PARSE);

  @Override
  public Set<String> kinds() {
    return Set.of("aws-nitrotpm");
  }

  @Override
  public Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at)
      throws MalformedException {
    var verifier = new NitroVerifier(TrustedRoots.of(bundle));
    NitroClaims.Expected expected = NitroInputs.of(bundle, own.nonce());
    Bytes document = bundle.file("document");
    BundledQuote.@Nullable Request request =
        bundle.optionalFile("attest").isPresent()
            ? new BundledQuote.Request(bundle, own.nonce())
            : null;
    Checklist checks = new Checklist(plan(request != null));
    Optional<VerifiedNitroDocument> verified = verifier.verify(checks, document, true, at);
    if (verified.isPresent()) {
      NitroClaims.check(checks, verified.get(), expected);
      if (request != null && !checks.anyFailed()) {
        quote(checks, request, verified.get());
      }
    }
    return checks.conclude(null);
  }

  private static void quote(
      Checklist checks, BundledQuote.Request request, VerifiedNitroDocument document) {
    Optional<PublicKey> key = NitroAk.check(checks, document);
    if (key.isEmpty()) {
      return;
    }
    BundledQuote evidence;
    try {
      evidence = request.read(key.get());
    } catch (MalformedException e) {
      checks.fail(FILES, String.valueOf(e.getMessage()));
      return;
    }
    checks.pass(FILES, "");
    Optional<VerifiedQuote> quote = evidence.verify(checks);
    quote.ifPresent(q -> {
      NitroAk.checkPcrs(checks, document, q);
      evidence.explain(checks, q);
    });
  }

  @Override
  public List<Fact> show(Bundle bundle) throws MalformedException {
    return NitroFacts.of(bundle.file("document"));
  }

  private static List<CheckId> plan(boolean quoted) {
    List<CheckId> plan = new ArrayList<>(NitroVerifier.PLAN);
    plan.addAll(NitroClaims.PLAN);
    if (quoted) {
      plan.add(NitroAk.KEY);
      plan.add(FILES);
      plan.addAll(BundledQuote.VERIFY_PLAN);
      plan.add(NitroAk.PCRS);
      plan.addAll(BundledQuote.EXPLAIN_PLAN);
    }
    return plan;
  }
}
