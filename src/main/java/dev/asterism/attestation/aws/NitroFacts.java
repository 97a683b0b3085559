package dev.asterism.attestation.aws;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a Nitro document says, for people and unverified. */
final class NitroFacts {
  private NitroFacts() {}

  static List<Fact> of(Bytes document) throws MalformedException {
    NitroDocument content = NitroDocument.parse(CoseSign1.parse(document).payload());
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("module", content.moduleId()));
    facts.add(new Fact("timestamp", content.timestamp().toString()));
    facts.add(new Fact("of", content.tpm() ? "NitroTPM" : "enclave"));
    add(facts, "nonce", content.nonce());
    add(facts, "userData", content.userData());
    add(facts, "publicKey", content.publicKey());
    facts.add(new Fact("certificates", Integer.toString(1 + content.cabundle().size())));
    content.pcrs().forEach((i, value) -> facts.add(new Fact("PCR " + i, value.hex())));
    return facts;
  }

  private static void add(List<Fact> facts, String label, @Nullable Bytes value) {
    if (value != null) {
      facts.add(new Fact(label, value.hex()));
    }
  }
}
