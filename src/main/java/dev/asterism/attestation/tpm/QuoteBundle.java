package dev.asterism.attestation.tpm;

import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The evidence in a {@code tpm-quote} bundle, read, not verified.
 *
 * @param area null where the bundle holds the key alone
 * @param values of the bank's PCRs
 */
record QuoteBundle(
    TpmsAttest attest,
    TpmtSignature signature,
    PublicKey key,
    @Nullable TpmtPublic area,
    SortedMap<Integer, Bytes> values,
    @Nullable EventLog eventLog,
    AkCertificates certificates) {

  /**
   * Reads every file; what is wrong with one is wrong with the evidence.
   *
   * @param known the key, where something else than the bundle's {@code ak} says which it is
   */
  static QuoteBundle of(Bundle bundle, QuoteInputs inputs, @Nullable PublicKey known)
      throws MalformedException {
    Optional<Bytes> publicArea = bundle.optionalFile("ak_public");
    TpmtPublic area = publicArea.isEmpty() ? null : TpmtPublic.parse(publicArea.get());
    Optional<Bytes> log = bundle.optionalFile("eventlog");
    return new QuoteBundle(
        TpmsAttest.parse(bundle.file("attest")),
        signature(bundle.file("signature"), inputs),
        known == null ? key(bundle, area) : known,
        area,
        values(bundle.file("pcrs"), inputs.bank()),
        log.isEmpty() ? null : EventLog.parse(log.get()),
        certificates(bundle));
  }

  private static TpmtSignature signature(Bytes file, QuoteInputs inputs) throws MalformedException {
    return switch (inputs.format()) {
      case TPMT -> TpmtSignature.parse(file);
      case RSASSA_SHA256 -> new TpmtSignature.Rsa(Tpm2.ALG_RSASSA, Digests.SHA256, file);
      case ECDSA_SHA256_DER -> Signatures.ofDer("signature", Digests.SHA256, file);
    };
  }

  private static PublicKey key(Bundle bundle, @Nullable TpmtPublic area) throws MalformedException {
    Optional<Bytes> spki = bundle.optionalFile("ak");
    if (area == null) {
      return SigningKeys.ofSpki("ak", bundle.file("ak"));
    }
    PublicKey key = area.publicKey();
    if (spki.isPresent()
        && !SigningKeys.spkiSha256(SigningKeys.ofSpki("ak", spki.get()))
            .equals(SigningKeys.spkiSha256(key))) {
      throw new MalformedException("ak", "is another key than ak_public");
    }
    return key;
  }

  /** {@code {"sha256": {"0": "<hex>", …}, …}}; only the bank in question is looked at. */
  private static SortedMap<Integer, Bytes> values(Bytes file, Digests bank)
      throws MalformedException {
    ObjectNode banks = Json.object("pcrs", file);
    SortedMap<Integer, Bytes> values = new TreeMap<>();
    String name = Algorithms.bank(bank);
    if (!banks.has(name)) {
      return values;
    }
    for (Map.Entry<String, JsonNode> entry : Json.child(banks, name).properties()) {
      String where = "pcrs." + name + "." + entry.getKey();
      if (!entry.getValue().isString()) {
        throw new MalformedException(where, "is not a hex string");
      }
      Bytes value = Bytes.ofHex(where, entry.getValue().stringValue());
      if (value.length() != bank.length()) {
        throw new MalformedException(where, "must have " + bank.length() + " bytes");
      }
      values.put(PcrSelection.index(where, entry.getKey()), value);
    }
    return values;
  }

  /** Roles {@code ak_cert}, {@code ak_intermediate1}, …: the leaf's issuer first. */
  private static AkCertificates certificates(Bundle bundle) {
    List<Bytes> issuers = new ArrayList<>();
    for (int i = 1; bundle.files().containsKey("ak_intermediate" + i); i++) {
      bundle.optionalFile("ak_intermediate" + i).ifPresent(issuers::add);
    }
    return new AkCertificates(bundle.optionalFile("ak_cert").orElse(null), issuers);
  }
}
