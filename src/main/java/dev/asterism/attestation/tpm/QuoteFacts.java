package dev.asterism.attestation.tpm;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.eventlog.EventLog;
import java.util.ArrayList;
import java.util.List;

/** What a quote says, for people. */
final class QuoteFacts {
  private QuoteFacts() {}

  static List<Fact> of(QuoteBundle bundle) {
    List<Fact> facts = new ArrayList<>();
    TpmsAttest attest = bundle.attest();
    facts.add(new Fact("magic", String.format("%08x", attest.magic())));
    facts.add(new Fact("qualifiedSigner", attest.qualifiedSigner().hex()));
    facts.add(new Fact("extraData", attest.extraData().hex()));
    facts.add(new Fact("clock", attest.clockInfo().clock() + " ms"));
    facts.add(new Fact("resetCount", Long.toString(attest.clockInfo().resetCount())));
    facts.add(new Fact("restartCount", Long.toString(attest.clockInfo().restartCount())));
    facts.add(new Fact("safe", attest.clockInfo().safe() ? "yes" : "no"));
    facts.add(new Fact("firmwareVersion", String.format("%016x", attest.firmwareVersion())));
    attest
        .pcrSelect()
        .forEach(s ->
            facts.add(
                new Fact("selection", Algorithms.bank(s.hash()) + ": " + PcrList.of(s.pcrs()))));
    facts.add(new Fact("pcrDigest", attest.pcrDigest().hex()));
    TpmtSignature signature = bundle.signature();
    facts.add(
        new Fact(
            "signature",
            Algorithms.scheme(signature.scheme()) + " with " + signature.hash().algorithm()));
    key(bundle, facts);
    bundle.values().forEach((pcr, value) -> facts.add(new Fact("PCR " + pcr, value.hex())));
    EventLog log = bundle.eventLog();
    if (log != null) {
      facts.add(new Fact("event log", log.events().size() + " events"));
    }
    return facts;
  }

  private static void key(QuoteBundle bundle, List<Fact> facts) {
    facts.add(new Fact("key", bundle.key().getAlgorithm()));
    facts.add(new Fact("key SPKI SHA-256", SigningKeys.spkiSha256(bundle.key()).hex()));
    TpmtPublic area = bundle.area();
    if (area != null) {
      facts.add(new Fact("key name", area.name().hex()));
      facts.add(new Fact("key attributes", String.format("%08x", area.objectAttributes())));
    }
  }
}
