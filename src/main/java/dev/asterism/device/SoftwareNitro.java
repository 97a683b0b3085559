package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.crypto.VendorAuthority;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Cbor;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Nitro hypervisor below a {@link SoftwareTpm}: it signs attestation documents ("Verifying the
 * root of trust", AWS Nitro Enclaves user guide) about the TPM's registers. Trusted only by
 * policies that list its root.
 *
 * @param moduleId of the instance
 * @param chain of the key: its certificate first, the root last
 * @param relayed the key that documents name, whatever the guest asks for: they are those of
 *     another instance, with this one's nonce; null: the guest's word counts
 */
public record SoftwareNitro(
    String moduleId, PrivateKey key, List<X509Certificate> chain, @Nullable Bytes relayed) {
  /** Which it knows, and that of the contract. */
  static final Set<Digests> BANKS = Set.of(Digests.SHA256, Digests.SHA384);

  /** {@code {1: -35}}: ES384. */
  private static final Bytes HEADER =
      new Cbor.Entries(Map.of(new Cbor.Int(1), new Cbor.Int(-35))).encode();

  public SoftwareNitro {
    chain = List.copyOf(chain);
  }

  /** One below {@code root}, for one instance. */
  public static SoftwareNitro below(VendorAuthority root, String instanceId, Validity validity) {
    VendorAuthority zone = root.authority("CN=zone.aws.nitro-enclaves,O=Asterism", validity);
    KeyPair pair = KeyPairs.ecP384();
    X509Certificate leaf =
        zone.issue(pair.getPublic(), "CN=" + instanceId + ".aws,O=Asterism", validity, Map.of());
    return new SoftwareNitro(
        instanceId + "-tpm0",
        pair.getPrivate(),
        List.of(leaf, zone.certificate(), root.certificate()),
        null);
  }

  /** The same that relays documents which name another instance's key. */
  public SoftwareNitro relaying(Bytes otherKey) {
    return new SoftwareNitro(moduleId, key, chain, otherKey);
  }

  /** COSE_Sign1 over what the TPM holds and the guest gives. */
  Bytes document(
      SoftwarePcrs pcrs,
      Instant now,
      @Nullable Bytes publicKey,
      @Nullable Bytes userData,
      @Nullable Bytes nonce) {
    Map<Cbor, Cbor> registers = new LinkedHashMap<>();
    for (int pcr = 0; pcr < SoftwarePcrs.COUNT; pcr++) {
      registers.put(new Cbor.Int(pcr), new Cbor.ByteString(pcrs.value(Digests.SHA384, pcr)));
    }
    Map<Cbor, Cbor> content = new LinkedHashMap<>();
    content.put(new Cbor.Text("module_id"), new Cbor.Text(moduleId));
    content.put(new Cbor.Text("digest"), new Cbor.Text("SHA384"));
    content.put(new Cbor.Text("timestamp"), new Cbor.Int(now.toEpochMilli()));
    content.put(new Cbor.Text("nitrotpm_pcrs"), new Cbor.Entries(registers));
    content.put(new Cbor.Text("certificate"), der(chain.getFirst()));
    List<Cbor> bundle =
        new ArrayList<>(chain.subList(1, chain.size()).stream().map(c -> der(c)).toList());
    Collections.reverse(bundle);
    content.put(new Cbor.Text("cabundle"), new Cbor.Items(bundle));
    content.put(new Cbor.Text("public_key"), given(relayed == null ? publicKey : relayed));
    content.put(new Cbor.Text("user_data"), given(userData));
    content.put(new Cbor.Text("nonce"), given(nonce));
    return signed(new Cbor.Entries(content).encode());
  }

  private Bytes signed(Bytes payload) {
    Cbor toBeSigned =
        new Cbor.Items(
            List.of(
                new Cbor.Text("Signature1"),
                new Cbor.ByteString(HEADER),
                new Cbor.ByteString(Bytes.EMPTY),
                new Cbor.ByteString(payload)));
    return new Cbor.Items(
            List.of(
                new Cbor.ByteString(HEADER),
                new Cbor.Entries(Map.of()),
                new Cbor.ByteString(payload),
                new Cbor.ByteString(sign(toBeSigned.encode()))))
        .encode();
  }

  private Bytes sign(Bytes message) {
    try {
      Signature signer = Signature.getInstance("SHA384withECDSAinP1363Format");
      signer.initSign(key);
      signer.update(message.toArray());
      return Bytes.of(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK does not sign with P-384", e);
    }
  }

  private static Cbor given(@Nullable Bytes value) {
    return value == null ? new Cbor.Null() : new Cbor.ByteString(value);
  }

  private static Cbor der(X509Certificate certificate) {
    try {
      return new Cbor.ByteString(Bytes.of(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The key is in it. */
  ObjectNode toJson() {
    ObjectNode node = Json.newObject().put("moduleId", moduleId);
    try (Secret pem = Pem.encode(key)) {
      String text = pem.use(bytes -> new String(bytes, StandardCharsets.US_ASCII));
      node.put("key", text);
    }
    var certificates = new StringBuilder();
    chain.forEach(certificate -> certificates.append(Pem.encode(certificate)));
    node.put("chain", certificates.toString());
    return relayed == null ? node : node.put("relayed", relayed.base64());
  }

  static SoftwareNitro read(ObjectNode node) throws MalformedException {
    return new SoftwareNitro(
        Json.string(node, "moduleId"),
        Pem.privateKey("nitro.key", Secret.copyOf(Bytes.ofUtf8(Json.string(node, "key")))),
        Pem.certificates("nitro.chain", Json.string(node, "chain")),
        node.hasNonNull("relayed") ? Json.base64(node, "relayed") : null);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "the software Nitro hypervisor below " + moduleId;
  }
}
