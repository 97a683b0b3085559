package dev.asterism.attestation.aws;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Cbor;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The payload of a Nitro attestation document ("Verifying the root of trust", AWS Nitro Enclaves
 * user guide), parsed, not verified. Members that are not named here are ignored.
 *
 * @param tpm whether it is of a NitroTPM ({@code nitrotpm_pcrs}), not of an enclave ({@code pcrs})
 * @param pcrs SHA-384
 * @param certificate DER, of the key that signed
 * @param cabundle DER, the root first
 * @param publicKey as the attester gave it; null where it gave none, as the two below
 */
record NitroDocument(
    String moduleId,
    Instant timestamp,
    boolean tpm,
    SortedMap<Integer, Bytes> pcrs,
    Bytes certificate,
    List<Bytes> cabundle,
    @Nullable Bytes publicKey,
    @Nullable Bytes userData,
    @Nullable Bytes nonce) {

  private static final String WHAT = "nitro document";
  private static final String ENCLAVE_PCRS = "pcrs";
  private static final String TPM_PCRS = "nitrotpm_pcrs";
  private static final int MAX_PCRS = 32;
  private static final int SHA384 = 48;
  private static final int MAX_CERTIFICATE = 4096;
  private static final int MAX_CABUNDLE = 8;
  private static final int MAX_GIVEN = 4096;

  NitroDocument {
    pcrs = Collections.unmodifiableSortedMap(new TreeMap<>(pcrs));
    cabundle = List.copyOf(cabundle);
  }

  static NitroDocument parse(Bytes payload) throws MalformedException {
    if (!(Cbor.parse(WHAT, payload) instanceof Cbor.Entries(Map<Cbor, Cbor> members))) {
      throw new MalformedException(WHAT, "is not a map");
    }
    if (!"SHA384".equals(text(members, "digest"))) {
      throw new MalformedException("digest", "is not SHA384");
    }
    boolean tpm = members.containsKey(new Cbor.Text(TPM_PCRS));
    if (tpm && members.containsKey(new Cbor.Text(ENCLAVE_PCRS))) {
      throw new MalformedException(WHAT, "is of an enclave and of a TPM at once");
    }
    return new NitroDocument(
        text(members, "module_id"),
        Instant.ofEpochMilli(whole(members, "timestamp")),
        tpm,
        registers(members, tpm ? TPM_PCRS : ENCLAVE_PCRS),
        required(bytes(members, "certificate", MAX_CERTIFICATE), "certificate"),
        cabundle(members),
        bytes(members, "public_key", MAX_GIVEN),
        bytes(members, "user_data", MAX_GIVEN),
        bytes(members, "nonce", MAX_GIVEN));
  }

  private static String text(Map<Cbor, Cbor> members, String name) throws MalformedException {
    if (members.get(new Cbor.Text(name)) instanceof Cbor.Text(String value) && !value.isEmpty()) {
      return value;
    }
    throw new MalformedException(name, "is missing or not a text");
  }

  private static long whole(Map<Cbor, Cbor> members, String name) throws MalformedException {
    if (members.get(new Cbor.Text(name)) instanceof Cbor.Int(long value) && value > 0) {
      return value;
    }
    throw new MalformedException(name, "is missing or not a positive number");
  }

  private static @Nullable Bytes bytes(Map<Cbor, Cbor> members, String name, int most)
      throws MalformedException {
    Cbor value = members.get(new Cbor.Text(name));
    if (value == null || value instanceof Cbor.Null) {
      return null;
    }
    return bounded(name, value, most);
  }

  private static Bytes bounded(String name, Cbor value, int most) throws MalformedException {
    if (value instanceof Cbor.ByteString(Bytes content) && content.length() <= most) {
      return content;
    }
    throw new MalformedException(name, "is not a byte string of at most " + most + " bytes");
  }

  private static Bytes required(@Nullable Bytes value, String name) throws MalformedException {
    if (value == null) {
      throw new MalformedException(name, "is missing");
    }
    return value;
  }

  private static SortedMap<Integer, Bytes> registers(Map<Cbor, Cbor> members, String name)
      throws MalformedException {
    if (!(members.get(new Cbor.Text(name)) instanceof Cbor.Entries(Map<Cbor, Cbor> entries))
        || entries.isEmpty()) {
      throw new MalformedException(name, "is missing, empty or not a map");
    }
    SortedMap<Integer, Bytes> pcrs = new TreeMap<>();
    for (Map.Entry<Cbor, Cbor> entry : entries.entrySet()) {
      if (!(entry.getKey() instanceof Cbor.Int(long index)) || index < 0 || index >= MAX_PCRS) {
        throw new MalformedException(name, "has an index that no PCR has");
      }
      Bytes value = bounded(name, entry.getValue(), SHA384);
      if (value.length() != SHA384) {
        throw new MalformedException(name, "has a value that is not of 48 bytes");
      }
      pcrs.put((int) index, value);
    }
    return pcrs;
  }

  private static List<Bytes> cabundle(Map<Cbor, Cbor> members) throws MalformedException {
    if (!(members.get(new Cbor.Text("cabundle")) instanceof Cbor.Items(List<Cbor> values))
        || values.isEmpty()
        || values.size() > MAX_CABUNDLE) {
      throw new MalformedException("cabundle", "is not a list of 1 to 8 certificates");
    }
    List<Bytes> certificates = new ArrayList<>();
    for (Cbor value : values) {
      certificates.add(bounded("cabundle", value, MAX_CERTIFICATE));
    }
    return certificates;
  }
}
