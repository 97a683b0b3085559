package dev.asterism.attestation.tpm;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What quotes and vTPM documents say, for people and unverified. */
final class QuoteFacts {
  private QuoteFacts() {}

  /** Of a saved quote. */
  static List<Fact> of(QuoteBundle bundle) {
    List<Fact> facts = new ArrayList<>();
    quote("", bundle.attest(), bundle.signature(), bundle.values(), facts);
    key(bundle.key(), bundle.area(), facts);
    log(bundle.eventLog(), facts);
    return facts;
  }

  /** Of a document; with several quotes, each fact of one names its bank. */
  static List<Fact> of(Bytes json) throws MalformedException {
    ParsedDocument parsed = ParsedDocument.of(json);
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("userData", parsed.document().userData().hex()));
    Bytes instanceInfo = parsed.document().instanceInfo();
    if (instanceInfo != null) {
      facts.add(new Fact("instanceInfo", instanceInfo.length() + " bytes"));
    }
    for (QuoteVerifier.Presented q : parsed.quotes()) {
      String prefix = parsed.quotes().size() == 1 ? "" : q.bank().algorithm() + " ";
      quote(prefix, q.attest(), q.signature(), q.values(), facts);
    }
    key(parsed.key(), parsed.ak(), facts);
    if (parsed.document().akCert() != null) {
      int chain = 1 + parsed.document().intermediateCerts().size();
      facts.add(new Fact("key certificates", Integer.toString(chain)));
    }
    log(parsed.eventLog(), facts);
    return facts;
  }

  private static void quote(
      String prefix,
      TpmsAttest attest,
      TpmtSignature signature,
      SortedMap<Integer, Bytes> values,
      List<Fact> facts) {
    facts.add(new Fact(prefix + "magic", String.format("%08x", attest.magic())));
    facts.add(new Fact(prefix + "qualifiedSigner", attest.qualifiedSigner().hex()));
    facts.add(new Fact(prefix + "extraData", attest.extraData().hex()));
    facts.add(new Fact(prefix + "clock", attest.clockInfo().clock() + " ms"));
    facts.add(new Fact(prefix + "resetCount", Long.toString(attest.clockInfo().resetCount())));
    facts.add(new Fact(prefix + "restartCount", Long.toString(attest.clockInfo().restartCount())));
    facts.add(new Fact(prefix + "safe", attest.clockInfo().safe() ? "yes" : "no"));
    facts.add(
        new Fact(prefix + "firmwareVersion", String.format("%016x", attest.firmwareVersion())));
    attest
        .pcrSelect()
        .forEach(s ->
            facts.add(
                new Fact(
                    prefix + "selection",
                    Algorithms.bank(s.hash()) + ": " + PcrList.of(s.pcrs()))));
    facts.add(new Fact(prefix + "pcrDigest", attest.pcrDigest().hex()));
    facts.add(
        new Fact(
            prefix + "signature",
            Algorithms.scheme(signature.scheme()) + " with " + signature.hash().algorithm()));
    values.forEach((pcr, value) -> facts.add(new Fact(prefix + "PCR " + pcr, value.hex())));
  }

  private static void key(PublicKey key, @Nullable TpmtPublic area, List<Fact> facts) {
    facts.add(new Fact("key", key.getAlgorithm()));
    facts.add(new Fact("key SPKI SHA-256", SigningKeys.spkiSha256(key).hex()));
    if (area != null) {
      facts.add(new Fact("key name", area.name().hex()));
      facts.add(new Fact("key attributes", String.format("%08x", area.objectAttributes())));
    }
  }

  private static void log(@Nullable EventLog log, List<Fact> facts) {
    if (log != null) {
      facts.add(new Fact("event log", log.events().size() + " events"));
    }
  }
}
