package dev.asterism.bench;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.tdx.TdxBinding;
import dev.asterism.attestation.tdx.TdxCollateral;
import dev.asterism.attestation.tdx.TdxDocumentPolicy;
import dev.asterism.attestation.tdx.TdxIssuer;
import dev.asterism.attestation.tdx.TdxTrust;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareTdx;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Documents of more platforms than the JDK's cache remembers certificates, and how to judge them,
 * with each platform's chain known from the time before or not; beside them, the signatures alone.
 */
final class TdxDocuments {
  private static final int COUNT = 1000;

  /** Of the quote, of the QE's report. */
  private static final int SIGNATURES = 2;

  private final Bytes nonce = Digests.SHA256.of(Bytes.ofUtf8("nonce"));
  private final Bytes userData = Digests.SHA256.of(Bytes.ofUtf8("key"));
  private final Challenge challenge = new Challenge(nonce, userData, Instant.now());
  private final List<Bytes> documents = new ArrayList<>();
  private final List<Bare> bare = new ArrayList<>();
  private final ObjectNode config = Json.newObject();
  private final TdxCollateral collateral;
  private final Policy policy;

  /** A signature with all that it takes to verify it. */
  private record Bare(PublicKey key, byte[] message, byte[] signature) {}

  TdxDocuments() throws Exception {
    Instant from = Instant.now().minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
    var vendor = SoftwareTdxVendor.create(from, from.plus(Duration.ofDays(1)));
    collateral = collateral(vendor.collateral("UpToDate", List.of()));
    config.putObject("measurements").put("0", "00".repeat(48));
    config.put("intelRootKey", Pem.encode(vendor.rootCertificate()));
    policy = policy();
    try (var folder = TemporaryFolder.inMemory()) {
      for (int i = 0; i < COUNT; i++) {
        Bytes ppid = Bytes.of(ByteBuffer.allocate(16).putInt(i).array());
        var td =
            SoftwareTdx.create(folder.path().resolve(i + ".json"), vendor, Bytes.zeros(48), ppid);
        documents.add(new TdxIssuer(TdxBinding.METAL, td, Optional::empty).issue(userData, nonce));
      }
    }
    Appraisal first = judge(0);
    if (!first.accepted()) {
      throw new IllegalStateException("a good document is not accepted: " + first.reason());
    }
    for (int i = 0; i < COUNT; i++) {
      bare.add(bare());
    }
  }

  private Policy policy() throws Exception {
    return TdxDocumentPolicy.parse(TdxBinding.METAL, config, new TdxTrust(platform -> collateral));
  }

  private static Bare bare() throws Exception {
    KeyPair pair = KeyPairs.ecP256();
    byte[] message = new byte[632];
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(pair.getPrivate());
    signer.update(message);
    return new Bare(pair.getPublic(), message, signer.sign());
  }

  private static TdxCollateral collateral(Map<String, Bytes> files) {
    return new TdxCollateral(
        file(files, "tcb-info.json"),
        file(files, "tcb-info-chain.pem"),
        file(files, "qe-identity.json"),
        file(files, "qe-identity-chain.pem"),
        file(files, "root-crl.der"),
        file(files, "pck-crl.der"));
  }

  private static Bytes file(Map<String, Bytes> files, String name) {
    return Optional.ofNullable(files.get(name)).orElseThrow();
  }

  /** As the join-service does it for each connection. */
  Appraisal judge(int n) {
    return policy.unspent().verifier().verify(documents.get(n % COUNT), challenge);
  }

  /** By a verifier that knows nothing. */
  Appraisal judgeCold(int n) throws Exception {
    return policy().unspent().verifier().verify(documents.get(n % COUNT), challenge);
  }

  /** Only the signatures that this takes where the chain is known. */
  boolean signatures(int n) throws Exception {
    boolean good = true;
    for (int i = 0; i < SIGNATURES; i++) {
      Bare one = bare.get((n * SIGNATURES + i) % COUNT);
      Signature verifier = Signature.getInstance("SHA256withECDSA");
      verifier.initVerify(one.key());
      verifier.update(one.message());
      good &= verifier.verify(one.signature());
    }
    return good;
  }
}
