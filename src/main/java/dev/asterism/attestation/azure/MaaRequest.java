package dev.asterism.attestation.azure;

import dev.asterism.attestation.tpm.PcrBoundKey;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.attestation.tpm.TpmtSignature;
import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a guest tells Microsoft's attestation service of itself ({@code AttestationInfo}, version
 * 2.0 of the protocol, in the names and encodings of Microsoft's own clients).
 *
 * @param extra what the token is to be for: its claim {@code x-ms-runtime.client-payload.nonce} is
 *     the base64 of it, as it is sent
 * @param report of the HCL, with the hardware's and the runtime data
 * @param certificates of the report's signer and its issuers, PEM
 * @param eventLog the firmware's; empty where there is none
 */
record MaaRequest(OsRelease os, Bytes extra, HclReport report, Bytes certificates, Bytes eventLog) {
  private static final String VERSION = "2.0";

  /** Of a Linux guest, in the SHA-256 bank: firmware's, which nobody extends once it is up. */
  private static final TreeSet<Integer> PCRS =
      new TreeSet<>(IntStream.rangeClosed(0, 7).boxed().toList());

  /** The values of those PCRs now. */
  static SortedMap<Integer, Bytes> pcrs(TpmClient client) throws IOException {
    return client.pcrRead(Digests.SHA256, PCRS);
  }

  /**
   * The body of the request.
   *
   * @param akArea TPMT_PUBLIC of the key at {@link AzureIssuers#AK}
   * @param key bound to {@code pcrs}; the answer will be encrypted to it
   */
  Bytes body(TpmClient client, Bytes akArea, SortedMap<Integer, Bytes> pcrs, PcrBoundKey key)
      throws IOException, MalformedException {
    ObjectNode info =
        Json.newObject()
            .put("AttestationProtocolVersion", VERSION)
            .put("OSType", Bytes.ofUtf8("Linux").base64())
            .put("OSDistro", Bytes.ofUtf8(os.name()).base64())
            .put("OSVersionMajor", os.major())
            .put("OSVersionMinor", os.minor())
            .put("OSBuild", Bytes.ofUtf8("NotApplication").base64())
            .put("TcgLogs", eventLog.base64());
    info.putObject("ClientPayload").put("nonce", extra.base64());
    tpm(info.putObject("TpmInfo"), client, akArea, pcrs, key);
    isolation(info.putObject("IsolationInfo"));
    return Bytes.ofUtf8(
        Json.line(
            Json.newObject().put("AttestationInfo", Bytes.ofUtf8(Json.line(info)).base64Url())));
  }

  private static void tpm(
      ObjectNode tpm,
      TpmClient client,
      Bytes akArea,
      SortedMap<Integer, Bytes> pcrs,
      PcrBoundKey key)
      throws IOException, MalformedException {
    TpmClient.Quote quote = client.quote(AzureIssuers.AK, Bytes.EMPTY, Digests.SHA256, PCRS);
    PcrBoundKey.Certificate certificate = key.certify(AzureIssuers.AK);
    Bytes akCertificate = client.nvRead(AzureIssuers.AK_CERTIFICATE).orElse(Bytes.EMPTY);
    tpm.put("AikCert", akCertificate.base64())
        .put("AikPub", sized(akArea).base64())
        .put("PcrQuote", quote.attest().base64())
        .put("PcrSignature", rsassa(quote.signature()).base64())
        .put("EncKeyPub", sized(key.publicArea()).base64())
        .put("EncKeyCertifyInfo", certificate.attest().base64())
        .put("EncKeyCertifyInfoSignature", rsassa(certificate.signature()).base64());
    ArrayNode set = tpm.putArray("PcrSet");
    ArrayNode values = tpm.putArray("PCRs");
    pcrs.forEach((index, digest) -> {
      set.add(index);
      values.addObject().put("Index", index).put("Digest", digest.base64());
    });
  }

  private void isolation(ObjectNode isolation) {
    ObjectNode proof =
        Json.newObject()
            .put("SnpReport", report.hardwareReport().base64Url())
            .put("VcekCertChain", certificates.base64Url());
    isolation.put("Type", "SevSnp");
    isolation
        .putObject("Evidence")
        .put("Proof", Bytes.ofUtf8(Json.line(proof)).base64Url())
        .put("RunTimeData", report.runtimeData().base64Url());
  }

  /** TPM2B_PUBLIC. */
  private static Bytes sized(Bytes area) {
    return new ByteWriter().sized16be(area).toBytes();
  }

  /** The service takes the bare signature, of the one scheme that Azure's key has. */
  static Bytes rsassa(Bytes signature) throws MalformedException {
    if (TpmtSignature.parse(signature) instanceof TpmtSignature.Rsa rsa
        && rsa.scheme() == Tpm2.ALG_RSASSA) {
      return rsa.sig();
    }
    throw new MalformedException("attestation key", "does not sign with RSASSA");
  }
}
