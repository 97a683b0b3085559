package dev.asterism.admin;

import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What the manifest itself says, for people to read. */
final class ManifestFacts {
  private static final List<String> MEMBERS =
      List.of("kind", "source", "reason", "expect", "stage", "at");

  private ManifestFacts() {}

  static List<Fact> of(Bundle bundle) throws MalformedException {
    var facts = new ArrayList<Fact>();
    for (String member : MEMBERS) {
      String value = Json.optionalString(bundle.manifest(), member);
      if (value != null) {
        facts.add(new Fact(member, value));
      }
    }
    JsonFacts.flatten("trust", bundle.trust(), facts);
    JsonFacts.flatten("inputs", bundle.inputs(), facts);
    for (var file : new TreeMap<>(Bundles.fileNames(bundle.manifest())).entrySet()) {
      Bytes content = bundle.file(file.getKey());
      facts.add(
          new Fact(
              "files." + file.getKey(),
              file.getValue()
                  + ", "
                  + content.length()
                  + " bytes, sha256:"
                  + Digests.SHA256.of(content).hex()));
    }
    return facts;
  }
}
