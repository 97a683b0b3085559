package dev.asterism.admin;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.crypto.Hkdf;
import dev.asterism.crypto.Secret;
import dev.asterism.crypto.SshPublicKey;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Kind {@code hkdf-sha256}: known answers of the key derivation. Its secrets are published test
 * data.
 */
public final class KdfKind implements EvidenceKind {
  private static final int ED25519_LENGTH = 32;

  @Override
  public Set<String> kinds() {
    return Set.of("hkdf-sha256");
  }

  @Override
  public Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at)
      throws MalformedException {
    return KnownAnswers.appraise(bundle, own, KdfKind::compare);
  }

  @Override
  public List<Fact> show(Bundle bundle) throws MalformedException {
    return KnownAnswers.show(bundle);
  }

  private static List<Check> compare(String name, ObjectNode aCase) throws MalformedException {
    String hash = Json.optionalString(aCase, "hash");
    if (hash != null && !hash.equals("SHA-256")) {
      return List.of(KnownAnswers.unavailable(name, "only HKDF with SHA-256 is known here"));
    }
    Bytes expected = KnownAnswers.hex(aCase, "output");
    // Neither need be given (RFC 5869, section 2); one that is not is empty.
    Bytes salt = aCase.hasNonNull("salt") ? KnownAnswers.hex(aCase, "salt") : Bytes.EMPTY;
    Bytes info = aCase.hasNonNull("info") ? KnownAnswers.hex(aCase, "info") : Bytes.EMPTY;
    Bytes ikm = KnownAnswers.hex(aCase, "secret");
    try (Secret secret = Secret.copyOf(ikm);
        Secret key = Hkdf.sha256(secret, salt, info, length(aCase))) {
      var checks = new ArrayList<Check>();
      checks.add(KnownAnswers.equal(name, "", expected, Bytes.of(key.expose())));
      if (aCase.has("ed25519_public")) {
        checks.add(publicKey(name, KnownAnswers.hex(aCase, "ed25519_public"), key));
      }
      return checks;
    }
  }

  private static Check publicKey(String name, Bytes expected, Secret seed)
      throws MalformedException {
    if (seed.length() != ED25519_LENGTH) {
      throw new MalformedException("cases.length", "is not that of an Ed25519 seed");
    }
    ByteReader wire = SshPublicKey.ofEd25519Seed(seed).wire().reader("SSH public key");
    wire.bytes("type", wire.u32be("type length"));
    Bytes actual = wire.bytes("key", wire.u32be("key length"));
    return KnownAnswers.equal(name, "Ed25519 public key", expected, actual);
  }

  private static int length(ObjectNode aCase) throws MalformedException {
    JsonNode length = aCase.get("length");
    if (length == null || !length.isInt()) {
      throw new MalformedException("cases.length", "is not a number of bytes");
    }
    if (length.intValue() < 1 || length.intValue() > Hkdf.MAX_LENGTH) {
      throw new MalformedException("cases.length", "must be 1 to " + Hkdf.MAX_LENGTH);
    }
    return length.intValue();
  }
}
