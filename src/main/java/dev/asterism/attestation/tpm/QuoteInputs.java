package dev.asterism.attestation.tpm;

import dev.asterism.attestation.Bundle;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the relying party supplies with a {@code tpm-quote} bundle.
 *
 * @param nonce extraData, exactly
 * @param digestHash the hash of the PCR digest; null where not said: it is the signature's
 * @param requirePcrs that the quote must cover
 * @param eventlogPcrs that the event log must explain, beside all that it has events for
 */
record QuoteInputs(
    Bytes nonce,
    Digests bank,
    @Nullable Digests digestHash,
    Format format,
    SortedSet<Integer> requirePcrs,
    SortedSet<Integer> eventlogPcrs) {

  /** How the signature file is written. */
  enum Format {
    TPMT,
    RSASSA_SHA256,
    ECDSA_SHA256_DER
  }

  /**
   * Reads the manifest's inputs.
   *
   * @param ownNonce replaces the manifest's; null where the manifest's counts
   */
  static QuoteInputs of(Bundle bundle, @Nullable Bytes ownNonce) throws MalformedException {
    ObjectNode inputs = bundle.inputs();
    String digestHash = Json.optionalString(inputs, "digest_hash");
    return new QuoteInputs(
        ownNonce != null ? ownNonce : nonce(inputs),
        bank("inputs.bank", Json.string(inputs, "bank")),
        digestHash == null ? null : bank("inputs.digest_hash", digestHash),
        format(inputs),
        pcrs(inputs, "require_pcrs"),
        pcrs(inputs, "eventlog_pcrs"));
  }

  private static Bytes nonce(ObjectNode inputs) throws MalformedException {
    if (!inputs.hasNonNull("nonce")) {
      throw new MalformedException("inputs.nonce", "is missing: give the nonce with --nonce");
    }
    return Bytes.ofHex("inputs.nonce", Json.string(inputs, "nonce"));
  }

  private static Digests bank(String where, String name) throws MalformedException {
    for (Digests hash : Digests.values()) {
      if (Algorithms.bank(hash).equals(name)) {
        return hash;
      }
    }
    throw new MalformedException(where, "is not sha1, sha256, sha384 or sha512");
  }

  private static Format format(ObjectNode inputs) throws MalformedException {
    String name = Json.optionalString(inputs, "signature_format");
    return switch (name == null ? "tpmt" : name) {
      case "tpmt" -> Format.TPMT;
      case "rsassa-sha256" -> Format.RSASSA_SHA256;
      case "ecdsa-sha256-der" -> Format.ECDSA_SHA256_DER;
      default ->
          throw new MalformedException(
              "inputs.signature_format", "is not tpmt, rsassa-sha256 or ecdsa-sha256-der");
    };
  }

  private static SortedSet<Integer> pcrs(ObjectNode inputs, String member)
      throws MalformedException {
    JsonNode value = inputs.get(member);
    SortedSet<Integer> pcrs = new TreeSet<>();
    if (value == null || value.isNull()) {
      return pcrs;
    }
    if (!(value instanceof ArrayNode array)) {
      throw new MalformedException("inputs." + member, "is not a list");
    }
    Set<Integer> known = PcrSelection.all();
    for (JsonNode item : array) {
      if (!item.isInt() || !known.contains(item.intValue())) {
        throw new MalformedException(
            "inputs." + member, "lists something else than PCR 0 to " + (known.size() - 1));
      }
      pcrs.add(item.intValue());
    }
    return pcrs;
  }
}
