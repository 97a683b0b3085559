package dev.asterism.attestation.tdx;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The policy of a variant whose documents are TD quotes. */
public record TdxDocumentPolicy(TdxBinding binding, TdxPolicy policy, TdxTrust trust)
    implements Policy {

  /** Reads an attestation config. */
  public static TdxDocumentPolicy parse(TdxBinding binding, ObjectNode config, TdxTrust trust)
      throws MalformedException {
    return new TdxDocumentPolicy(binding, TdxPolicyJson.parse(config), trust);
  }

  /** What a document says, for people and unverified. */
  public static List<Fact> show(TdxBinding binding, Bytes document) throws MalformedException {
    TdxDocument parsed = TdxDocument.parse(binding, document);
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("userData", parsed.userData().hex()));
    facts.addAll(TdQuoteFacts.of(TdQuote.parse(parsed.rawQuote())));
    Bytes log = parsed.eventLog();
    if (log != null) {
      facts.add(new Fact("event log", log.length() + " bytes"));
    }
    return facts;
  }

  @Override
  public Variant variant() {
    return binding.variant();
  }

  @Override
  public Measurements measurements() {
    return policy.measurements();
  }

  @Override
  public Policy with(Measurements changed) {
    return new TdxDocumentPolicy(binding, policy.with(changed), trust);
  }

  @Override
  public Verifier verifier() {
    return new TdxDocumentVerifier(binding, policy, trust);
  }
}
