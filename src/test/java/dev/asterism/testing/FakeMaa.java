package dev.asterism.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.asterism.attestation.snp.SnpReport;
import dev.asterism.attestation.tpm.TpmsAttest;
import dev.asterism.attestation.tpm.TpmtPublic;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Microsoft's attestation service, as a guest sees it: looks at what it is told as far as a TPM
 * vouches for it, and answers with a token that only that TPM can read. Written from the names and
 * encodings of Microsoft's clients; each part of the answer can be changed.
 */
public final class FakeMaa implements AutoCloseable {
  private static final long DECRYPTS = 0x20432;

  private final HttpServer server;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ForgedMaa maa;

  /** Why requests were refused. */
  public final List<String> refused = new CopyOnWriteArrayList<>();

  public final List<ObjectNode> infos = new CopyOnWriteArrayList<>();
  public int keyLength = 32;
  public int status = 200;
  public boolean hangs;
  public Consumer<ForgedMaa> token = t -> {};
  public UnaryOperator<String> compact = t -> t;
  public Consumer<ObjectNode> envelope = e -> {};
  public UnaryOperator<String> inner = text -> text;
  public UnaryOperator<String> body = text -> text;

  /**
   * A service on the loopback interface.
   *
   * @param maa signs its tokens
   */
  public FakeMaa(ForgedMaa maa) throws IOException {
    this.maa = maa;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(task -> Thread.ofVirtual().start(task));
    server.createContext("/", this::handle);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    Bytes asked = Bytes.of(exchange.getRequestBody().readAllBytes());
    int code = status;
    String answer = "{\"error\":{\"code\":\"BadRequest\"}}";
    try {
      check("POST /attest/AzureGuest?api-version=2020-10-01".equals(request), request);
      check(
          "application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type")),
          "Content-Type");
      answer = body.apply(answer(asked));
    } catch (MalformedException | GeneralSecurityException e) {
      refused.add(String.valueOf(e.getMessage()));
      code = 400;
    }
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(code, bytes.length);
    if (hangs) {
      exchange.getResponseBody().write(bytes, 0, 1);
      exchange.getResponseBody().flush();
      await();
    } else {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private void await() throws IOException {
    try {
      closed.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private String answer(Bytes asked) throws MalformedException, GeneralSecurityException {
    String encoded = Json.string(Json.object("request", asked), "AttestationInfo");
    ObjectNode info = Json.object("info", Bytes.ofBase64Url("AttestationInfo", encoded));
    infos.add(info);
    check("2.0".equals(Json.string(info, "AttestationProtocolVersion")), "version");
    check(Json.base64(info, "OSType").equals(Bytes.ofUtf8("Linux")), "OSType");
    TpmtPublic key = tpm(Json.child(info, "TpmInfo"));
    SnpReport report = isolation(Json.child(info, "IsolationInfo"), ak(info));
    maa.about(report.idKeyDigest(), report.reportData(), report.measurement(), Bytes.EMPTY);
    maa.payload().setAll(Json.child(info, "ClientPayload"));
    token.accept(maa);
    return Json.line(
        Json.newObject().put("token", Bytes.ofUtf8(inner.apply(sealed(key))).base64Url()));
  }

  private static PublicKey ak(ObjectNode info) throws MalformedException {
    return area(Json.child(info, "TpmInfo"), "AikPub").publicKey();
  }

  /** What the TPM's key vouches for: values of PCRs, and the key that the answer is for. */
  private static TpmtPublic tpm(ObjectNode tpm)
      throws MalformedException, GeneralSecurityException {
    PublicKey ak = area(tpm, "AikPub").publicKey();
    Bytes quote = Json.base64(tpm, "PcrQuote");
    check(isSigned(ak, quote, Json.base64(tpm, "PcrSignature")), "PcrSignature");
    var values = new ByteWriter();
    int next = 0;
    for (JsonNode pcr : tpm.get("PCRs")) {
      check(
          pcr.get("Index").intValue() == next && tpm.get("PcrSet").get(next).intValue() == next,
          "PCRs");
      values.bytes(Json.base64((ObjectNode) pcr, "Digest"));
      next++;
    }
    check(next == 8, "PCRs");
    Bytes digest = Digests.SHA256.of(values.toBytes());
    TpmsAttest attest = TpmsAttest.parse(quote);
    check(attest.magic() == 0xff544347L && attest.pcrDigest().equals(digest), "PcrQuote");
    TpmtPublic key = area(tpm, "EncKeyPub");
    Bytes certified = Json.base64(tpm, "EncKeyCertifyInfo");
    check(
        isSigned(ak, certified, Json.base64(tpm, "EncKeyCertifyInfoSignature")),
        "EncKeyCertifyInfoSignature");
    check(certifiedName(certified).equals(key.name().value()), "EncKeyCertifyInfo");
    check(key.objectAttributes() == DECRYPTS, "EncKeyPub");
    // TPM2_PolicyPCR of PCR 0 to 7 in the bank 0x000b.
    Bytes policy =
        Digests.SHA256.of(Bytes.zeros(32), ForgedSnp.hex("0000017f00000001000b03ff0000"), digest);
    check(key.authPolicy().equals(policy), "EncKeyPub's policy");
    return key;
  }

  /** TPMS_ATTEST of type TPM_ST_ATTEST_CERTIFY. */
  private static Bytes certifiedName(Bytes raw) throws MalformedException {
    ByteReader in = raw.reader("EncKeyCertifyInfo");
    check(in.u32be("magic") == 0xff544347L && in.u16be("type") == 0x8017, "EncKeyCertifyInfo");
    in.bytes("qualifiedSigner", in.u16be("qualifiedSigner.size"));
    in.bytes("extraData", in.u16be("extraData.size"));
    in.bytes("clockInfo and firmwareVersion", 17 + 8);
    Bytes name = in.bytes("name", in.u16be("name.size"));
    in.bytes("qualifiedName", in.u16be("qualifiedName.size"));
    in.end();
    return name;
  }

  private static SnpReport isolation(ObjectNode isolation, PublicKey ak) throws MalformedException {
    check("SevSnp".equals(Json.string(isolation, "Type")), "Type");
    ObjectNode evidence = Json.child(isolation, "Evidence");
    Bytes runtime = Bytes.ofBase64Url("RunTimeData", Json.string(evidence, "RunTimeData"));
    String jwk = Json.line(ForgedHcl.jwk("HCLAkPub", ak));
    check(new String(runtime.toArray(), StandardCharsets.UTF_8).contains(jwk), "RunTimeData");
    ObjectNode proof =
        Json.object("Proof", Bytes.ofBase64Url("Proof", Json.string(evidence, "Proof")));
    Bytes chain = Bytes.ofBase64Url("VcekCertChain", Json.string(proof, "VcekCertChain"));
    String pem = new String(chain.toArray(), StandardCharsets.UTF_8);
    check(Pem.certificates("VcekCertChain", pem).size() == 3, "VcekCertChain");
    SnpReport report =
        SnpReport.parse(Bytes.ofBase64Url("SnpReport", Json.string(proof, "SnpReport")));
    check(report.reportData().slice(0, 32).equals(Digests.SHA256.of(runtime)), "report data");
    return report;
  }

  private String sealed(TpmtPublic key) throws MalformedException, GeneralSecurityException {
    var random = new SecureRandom();
    byte[] secret = new byte[keyLength];
    byte[] iv = new byte[12];
    random.nextBytes(secret);
    random.nextBytes(iv);
    Cipher rsa = Cipher.getInstance("RSA/ECB/PKCS1Padding");
    rsa.init(Cipher.ENCRYPT_MODE, key.publicKey());
    Bytes encrypted = Bytes.of(rsa.doFinal(secret));
    Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
    byte[] padded = keyLength == 16 || keyLength == 32 ? secret : new byte[16];
    aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(padded, "AES"), new GCMParameterSpec(128, iv));
    aes.updateAAD("Transport Key".getBytes(StandardCharsets.US_ASCII));
    String plain = compact.apply(maa.token());
    Bytes jwt = Bytes.of(aes.doFinal(plain.getBytes(StandardCharsets.UTF_8)));
    int end = jwt.length() - 16;
    ObjectNode node = Json.newObject().put("EncryptedInnerKey", encrypted.base64());
    node.putObject("EncryptionParams").put("Iv", Bytes.of(iv).base64());
    node.put("AuthenticationData", jwt.slice(end, jwt.length()).base64());
    node.put("Jwt", jwt.slice(0, end).base64());
    envelope.accept(node);
    return Json.line(node);
  }

  /** TPM2B_PUBLIC. */
  private static TpmtPublic area(ObjectNode tpm, String member) throws MalformedException {
    ByteReader in = Json.base64(tpm, member).reader(member);
    Bytes area = in.bytes(member, in.u16be("size"));
    in.end();
    return TpmtPublic.parse(area);
  }

  private static boolean isSigned(PublicKey key, Bytes message, Bytes signature)
      throws GeneralSecurityException {
    Signature verifier = Signature.getInstance("SHA256withRSA");
    verifier.initVerify(key);
    verifier.update(message.toArray());
    return verifier.verify(signature.toArray());
  }

  private static void check(boolean holds, String what) throws MalformedException {
    if (!holds) {
      throw new MalformedException(what, "is not good");
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
