package dev.asterism.bench;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.metal.SevSnp;
import dev.asterism.attestation.snp.ClusterFile;
import dev.asterism.attestation.snp.SnpIssuer;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareAmd;
import dev.asterism.device.SoftwareLine;
import dev.asterism.device.SoftwareSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** One document of an SEV-SNP guest in software, with keys as long as AMD's, and its verifier. */
final class SnpDocuments {
  private static final int RSA_BITS = 4096;

  private final Instant now = Instant.now();
  private final Bytes nonce = Bytes.zeros(32);
  private final Bytes userData = Bytes.ofUtf8("VerifyService");
  private final ObjectNode config = Json.newObject();
  private final Verifier warm;
  private final Bytes document;
  private final KeyPair bare = SoftwareAmd.newChipKey();
  private final byte[] message = new byte[0x2A0];
  private final byte[] signature;

  SnpDocuments() throws Exception {
    var maker = new SoftwareAmd(SoftwareLine.GENOA, RSA_BITS, now);
    Bytes crl = maker.crl(now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(30)), List.of());
    Bytes measurement = Bytes.zeros(48);
    var guest =
        SoftwareSnp.launch(maker, measurement, SoftwareLine.GENOA.tcb(), crl, new SecureRandom());
    config.put("variant", "sev-snp");
    ObjectNode snp = config.putObject("snp");
    snp.putArray("measurements").add(measurement.hex());
    snp.putArray("roots").add(Pem.encode(maker.root()));
    warm = verifier();
    document =
        new SnpIssuer(guest, new ClusterFile(Path.of("/nonexistent/cluster-id")), Bytes.zeros(16))
            .issue(userData, nonce);
    Signature signer = Signature.getInstance("SHA384withECDSA");
    signer.initSign(bare.getPrivate());
    signer.update(message);
    signature = signer.sign();
    if (!judge().accepted()) {
      throw new IllegalStateException(judge().reason());
    }
  }

  private Verifier verifier() throws Exception {
    return new SevSnp(EndorsementSource.NONE).policy(config).verifier();
  }

  /** With the chain known. */
  Appraisal judge() {
    return warm.verify(document, new Challenge(nonce, userData, now));
  }

  /** By a verifier that knows nothing. */
  Appraisal judgeCold() throws Exception {
    return verifier().verify(document, new Challenge(nonce, userData, now));
  }

  /** What no appraisal can do without. */
  boolean bareSignature() throws GeneralSecurityException {
    Signature verifier = Signature.getInstance("SHA384withECDSA");
    verifier.initVerify(bare.getPublic());
    verifier.update(message);
    return verifier.verify(signature);
  }
}
