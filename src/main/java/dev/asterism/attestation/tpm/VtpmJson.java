package dev.asterism.attestation.tpm;

import dev.asterism.attestation.tpm.VtpmDocument.BankQuote;
import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON of {@link VtpmDocument}. Unknown members are skipped, and so is {@code TeeAttestation}:
 * no policy of ours relies on it. All else must be as the contract has it.
 */
public final class VtpmJson {
  private static final String WHAT = "attestation document";

  /** As many as there are hashes for banks. */
  private static final int MAX_QUOTES = 4;

  private static final int MAX_CERTIFICATES = 8;

  private static final int MAX_USER_DATA = 64;

  private VtpmJson() {}

  public static VtpmDocument parse(Bytes json) throws MalformedException {
    ObjectNode root = Json.object(WHAT, json);
    ObjectNode attestation = Json.child(root, "Attestation");
    return new VtpmDocument(
        Json.base64(attestation, "ak_pub"),
        quotes(attestation),
        optional(attestation, "event_log"),
        optional(attestation, "ak_cert"),
        certificates(attestation),
        optional(root, "InstanceInfo"),
        userData(root));
  }

  /** It goes into verdicts and records, and nobody's is longer than a hash. */
  private static Bytes userData(ObjectNode root) throws MalformedException {
    Bytes userData = orEmpty(optional(root, "UserData"));
    if (userData.length() > MAX_USER_DATA) {
      throw new MalformedException("UserData", "is longer than " + MAX_USER_DATA + " bytes");
    }
    return userData;
  }

  /** As old nodes write it: absent members left out, save those that they always write. */
  public static Bytes write(VtpmDocument document) {
    ObjectNode root = Json.newObject();
    ObjectNode attestation = root.putObject("Attestation");
    attestation.put("ak_pub", document.akPub().base64());
    ArrayNode quotes = attestation.putArray("quotes");
    document.quotes().forEach(quote -> write(quote, quotes.addObject()));
    putIfAny(attestation, "event_log", document.eventLog());
    putIfAny(attestation, "ak_cert", document.akCert());
    if (!document.intermediateCerts().isEmpty()) {
      ArrayNode certificates = attestation.putArray("intermediate_certs");
      document.intermediateCerts().forEach(c -> certificates.add(c.base64()));
    }
    attestation.putNull("TeeAttestation");
    Bytes instanceInfo = document.instanceInfo();
    root.put("InstanceInfo", instanceInfo == null ? null : instanceInfo.base64());
    root.put("UserData", document.userData().base64());
    return Bytes.ofUtf8(Json.line(root));
  }

  private static void write(BankQuote quote, ObjectNode node) {
    node.put("quote", quote.quote().base64()).put("raw_sig", quote.rawSig().base64());
    ObjectNode pcrs = node.putObject("pcrs");
    pcrs.put("hash", Tpm2.algorithm(quote.hash()));
    ObjectNode values = pcrs.putObject("pcrs");
    quote.pcrs().forEach((pcr, value) -> values.put(Integer.toString(pcr), value.base64()));
  }

  private static List<BankQuote> quotes(ObjectNode attestation) throws MalformedException {
    List<BankQuote> quotes = new ArrayList<>();
    for (JsonNode item : array(attestation, "quotes", MAX_QUOTES)) {
      if (!(item instanceof ObjectNode node)) {
        throw new MalformedException("quotes", "lists something that is not an object");
      }
      ObjectNode pcrs = Json.child(node, "pcrs");
      Digests hash = hash(pcrs);
      quotes.add(
          new BankQuote(
              hash,
              Json.base64(node, "quote"),
              Json.base64(node, "raw_sig"),
              values(Json.child(pcrs, "pcrs"), hash)));
    }
    return quotes;
  }

  private static Digests hash(ObjectNode pcrs) throws MalformedException {
    JsonNode hash = pcrs.get("hash");
    if (hash == null || !hash.isInt()) {
      throw new MalformedException("pcrs.hash", "is not a TPM algorithm id");
    }
    return Tpm2.hash(hash.intValue())
        .orElseThrow(() -> new MalformedException("pcrs.hash", "is not a hash that we know"));
  }

  private static SortedMap<Integer, Bytes> values(ObjectNode node, Digests hash)
      throws MalformedException {
    SortedMap<Integer, Bytes> values = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isString()) {
        throw new MalformedException("pcrs.pcrs", "holds a value that is not a string");
      }
      Bytes value = Bytes.ofBase64("pcrs.pcrs", entry.getValue().stringValue());
      if (value.length() != hash.length()) {
        throw new MalformedException(
            "pcrs.pcrs", "holds a value of another length than its hash's");
      }
      values.put(PcrSelection.index("pcrs.pcrs", entry.getKey()), value);
    }
    return values;
  }

  private static List<Bytes> certificates(ObjectNode attestation) throws MalformedException {
    JsonNode present = attestation.get("intermediate_certs");
    if (present == null || present.isNull()) {
      return List.of();
    }
    List<Bytes> certificates = new ArrayList<>();
    for (JsonNode item : array(attestation, "intermediate_certs", MAX_CERTIFICATES)) {
      if (!item.isString()) {
        throw new MalformedException("intermediate_certs", "lists something that is not a string");
      }
      certificates.add(Bytes.ofBase64("intermediate_certs", item.stringValue()));
    }
    return certificates;
  }

  private static ArrayNode array(ObjectNode node, String member, int max)
      throws MalformedException {
    if (!(node.get(member) instanceof ArrayNode array)) {
      throw new MalformedException(member, "is not a list");
    }
    if (array.size() > max) {
      throw new MalformedException(member, "lists more than " + max);
    }
    return array;
  }

  /** Null where absent, null or empty: Go writes the three as it likes. */
  private static @Nullable Bytes optional(ObjectNode node, String member)
      throws MalformedException {
    String base64 = Json.optionalString(node, member);
    return base64 == null || base64.isEmpty() ? null : Bytes.ofBase64(member, base64);
  }

  private static Bytes orEmpty(@Nullable Bytes value) {
    return value == null ? Bytes.EMPTY : value;
  }

  private static void putIfAny(ObjectNode node, String member, @Nullable Bytes value) {
    if (value != null && !value.isEmpty()) {
      node.put(member, value.base64());
    }
  }
}
