package dev.asterism.attestation.aws;

import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.device.Tpm;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Cbor;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks the Nitro hypervisor for a document, by the vendor command of NitroTPMs: request and answer
 * are those of the Nitro Secure Module, in CBOR, by way of an NV index.
 */
final class NitroRequest {
  private static final String WHAT = "NSM answer";
  private static final Cbor ATTESTATION = new Cbor.Text("Attestation");

  /** As large as {@code nitro-tpm-attest} of AWS has it: a document has some 5 KiB. */
  private static final int BUFFER = 8192;

  /**
   * Of the owner, and always the same: one that was left behind is found again, and the device lets
   * in one conversation at a time.
   */
  static final long INDEX = 0x01814153L;

  private NitroRequest() {}

  /**
   * Puts a document for this handshake into an instance info.
   *
   * @param info JSON
   * @param key that the document is to name: DER SubjectPublicKeyInfo
   * @param nonce the document's
   */
  static Bytes into(Bytes info, Tpm tpm, Bytes key, Bytes nonce)
      throws IOException, MalformedException {
    ObjectNode node = Json.object("InstanceInfo", info);
    node.put(NitroRequirement.MEMBER, document(tpm, key, nonce).base64());
    return Bytes.ofUtf8(Json.line(node));
  }

  private static Bytes document(Tpm tpm, Bytes key, Bytes nonce)
      throws IOException, MalformedException {
    Map<Cbor, Cbor> given = new LinkedHashMap<>();
    given.put(new Cbor.Text("user_data"), new Cbor.Null());
    given.put(new Cbor.Text("nonce"), new Cbor.ByteString(nonce));
    given.put(new Cbor.Text("public_key"), new Cbor.ByteString(key));
    Bytes request = new Cbor.Entries(Map.of(ATTESTATION, new Cbor.Entries(given))).encode();
    try (TpmClient client = TpmClient.open(tpm)) {
      Bytes answer =
          client
              .nv(INDEX)
              .exchange("the NSM request of NitroTPMs", Tpm2.CC_NITRO_REQUEST, request, BUFFER);
      return document(answer);
    }
  }

  /** From what the index holds: the answer, and what was there before behind it. */
  static Bytes document(Bytes buffer) throws MalformedException {
    if (Cbor.read(WHAT, buffer.reader(WHAT)) instanceof Cbor.Entries(Map<Cbor, Cbor> members)
        && members.get(ATTESTATION) instanceof Cbor.Entries(Map<Cbor, Cbor> attestation)
        && attestation.get(new Cbor.Text("document")) instanceof Cbor.ByteString(Bytes document)) {
      return document;
    }
    throw new MalformedException(WHAT, "holds no document");
  }
}
