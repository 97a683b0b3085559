package dev.asterism.attestation.tpm;

import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Secret;
import dev.asterism.device.Tpm;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.SortedMap;

/**
 * An RSA-2048 key of the owner hierarchy, transient, that nothing can be done with but decrypting
 * (RSAES), and that only while PCRs have the values that it was made for. A TPM makes the same key
 * each time of the same values.
 */
public final class PcrBoundKey implements AutoCloseable {
  /** What a ciphertext has, in bytes. */
  public static final int SIZE = 256;

  private static final Digests HASH = Digests.SHA256;

  /** fixedTPM, fixedParent, sensitiveDataOrigin, noDA, decrypt: the policy alone authorizes. */
  private static final long ATTRIBUTES = 0x00020432L;

  /** Of a nonce; the least is 16. */
  private static final int NONCE = 32;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final TpmClient client;
  private final Tpm.Conversation conversation;
  private final SortedMap<Integer, Bytes> pcrs;
  private final TpmClient.Loaded key;

  private PcrBoundKey(
      TpmClient client,
      Tpm.Conversation conversation,
      SortedMap<Integer, Bytes> pcrs,
      TpmClient.Loaded key) {
    this.client = client;
    this.conversation = conversation;
    this.pcrs = pcrs;
    this.key = key;
  }

  static PcrBoundKey create(
      TpmClient client, Tpm.Conversation conversation, SortedMap<Integer, Bytes> pcrs)
      throws IOException {
    TpmClient.Loaded made = client.createPrimary(Tpm2.RH_OWNER, template(pcrs));
    return new PcrBoundKey(client, conversation, pcrs, made);
  }

  private static Bytes template(SortedMap<Integer, Bytes> pcrs) {
    return new ByteWriter()
        .u16be(Tpm2.ALG_RSA)
        .u16be(Tpm2.algorithm(HASH))
        .u32be(ATTRIBUTES)
        .sized16be(policy(pcrs))
        .u16be(Tpm2.ALG_NULL)
        .u16be(Tpm2.ALG_NULL)
        .u16be(SIZE * Byte.SIZE)
        .u32be(0)
        .u16be(0)
        .toBytes();
  }

  /** What a fresh session has after TPM2_PolicyPCR (part 3, section 23.7). */
  private static Bytes policy(SortedMap<Integer, Bytes> pcrs) {
    ByteWriter command = new ByteWriter().u32be(Tpm2.CC_POLICY_PCR);
    PcrSelection.of(HASH, pcrs.keySet()).writeList(command);
    return HASH.of(Bytes.zeros(HASH.length()), command.toBytes(), digest(pcrs));
  }

  private static Bytes digest(SortedMap<Integer, Bytes> pcrs) {
    return HASH.of(pcrs.values().toArray(Bytes[]::new));
  }

  /** TPMT_PUBLIC. */
  public Bytes publicArea() {
    return key.publicArea();
  }

  /**
   * TPM2_Certify: what another key says of this one.
   *
   * @param by the handle of that key, which signs by its own scheme
   */
  public Certificate certify(long by) throws IOException {
    return new TpmCommand("TPM2_Certify", Tpm2.CC_CERTIFY)
        .authorized(key.handle())
        .authorized(by)
        .parameters(p -> p.u16be(0).u16be(Tpm2.ALG_NULL))
        .ask(
            conversation,
            in -> {
              Bytes attest = in.bytes("certifyInfo", in.u16be("certifyInfo.size"));
              return new Certificate(attest, in.rest("signature"));
            });
  }

  /**
   * What TPM2_Certify answers.
   *
   * @param attest TPMS_ATTEST
   * @param signature TPMT_SIGNATURE
   */
  public record Certificate(Bytes attest, Bytes signature) {}

  /**
   * TPM2_RSA_Decrypt by RSAES (PKCS#1 v1.5), authorized by the values of the PCRs.
   *
   * @param ciphertext of {@link #SIZE} bytes
   * @throws TpmException if they have others now, or the ciphertext is none for this key
   */
  public Secret decrypt(Bytes ciphertext) throws IOException {
    long session = startSession();
    try {
      new TpmCommand("TPM2_PolicyPCR", Tpm2.CC_POLICY_PCR)
          .handle(session)
          .parameters(p -> {
            p.sized16be(digest(pcrs));
            PcrSelection.of(HASH, pcrs.keySet()).writeList(p);
            return p;
          })
          .run(conversation);
      return new TpmCommand("TPM2_RSA_Decrypt", Tpm2.CC_RSA_DECRYPT)
          .authorizedBy(session, key.handle())
          .parameters(p -> p.sized16be(ciphertext).u16be(Tpm2.ALG_RSAES).u16be(0))
          .ask(conversation, in -> Secret.copyOf(in.bytes("message", in.u16be("message.size"))));
    } finally {
      client.flushContext(session);
    }
  }

  /** Neither salted nor bound to a password: the policy has none. */
  private long startSession() throws IOException {
    byte[] nonce = new byte[NONCE];
    RANDOM.nextBytes(nonce);
    return new TpmCommand("TPM2_StartAuthSession", Tpm2.CC_START_AUTH_SESSION)
        .handle(Tpm2.RH_NULL)
        .handle(Tpm2.RH_NULL)
        .parameters(p ->
            p.sized16be(Bytes.of(nonce))
                .u16be(0)
                .u8(Tpm2.SE_POLICY)
                .u16be(Tpm2.ALG_NULL)
                .u16be(Tpm2.algorithm(HASH)))
        .ask(conversation, in -> in.u32be("sessionHandle"));
  }

  @Override
  public void close() throws IOException {
    client.flushContext(key.handle());
  }
}
