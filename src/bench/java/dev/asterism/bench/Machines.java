package dev.asterism.bench;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.attestation.tpm.PcrRegister;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.Digests;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.mini.MiniBoot;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * Machines as {@code mini} builds them: a software TPM (in memory, since it stands for a chip)
 * after a measured boot, and an RSA-2048 attestation key that one root certifies.
 */
final class Machines {
  private static final Duration VALIDITY = Duration.ofDays(1);
  private static final int COMPARED_PCRS = 16;
  private static final int CLUSTER_PCR = 15;

  private final Instant now = Instant.now();
  private final SecureRandom random = new SecureRandom();
  private final CertificateAuthority authority =
      CertificateAuthority.create(
          "Benchmark attestation keys", now.minus(VALIDITY), now.plus(VALIDITY));

  /** The config that accepts them: all registers of the boot, keys by certificate. */
  ObjectNode attestationConfig() {
    Digests bank = Variant.QEMU_VTPM.measurementHash();
    var replayed = MiniBoot.log(bank).replay(bank);
    var values = new TreeMap<Integer, Measurements.Measurement>();
    for (int pcr = 0; pcr < COMPARED_PCRS; pcr++) {
      Bytes value = replayed.getOrDefault(pcr, Bytes.zeros(bank.length()));
      values.put(pcr, new Measurements.Measurement(value, false));
    }
    ObjectNode config = Json.newObject().put("variant", Variant.QEMU_VTPM.id());
    config.set("measurements", new Measurements(values).toJson());
    ObjectNode trust = config.putObject("akTrust").put("mode", "certificate");
    trust.putArray("roots").add(authority.certificatePem());
    return config;
  }

  /** A machine that is switched on. */
  Machine boot() throws Exception {
    Tpm tpm = SoftwareTpm.inMemory(random);
    Bytes log = MiniBoot.run(tpm);
    return new Machine(tpm, log, AttestationKey.of(tpm));
  }

  final class Machine {
    private final Tpm tpm;
    private final Bytes eventLog;
    private final AttestationKey key;

    private Machine(Tpm tpm, Bytes eventLog, AttestationKey key) throws IOException {
      this.tpm = tpm;
      this.eventLog = eventLog;
      this.key = key;
    }

    Bytes eventLog() {
      return eventLog;
    }

    /** From now on it is a member of a cluster. */
    void join(Bytes clusterId) throws IssueException {
      new PcrRegister(tpm, CLUSTER_PCR).extend(clusterId);
    }

    /**
     * Its issuer, under a fresh certificate: the JDK remembers certificates that it has seen, and a
     * machine that is new to a verifier must not look like one that it knows.
     */
    Issuer issuer() {
      Bytes certificate = certify();
      return QemuVtpm.issuer(tpm, () -> Optional.of(eventLog), List.of(certificate));
    }

    private Bytes certify() {
      var request =
          new CertificateAuthority.Request(
              key.publicKey(),
              "CN=machine,O=Benchmark",
              now.minus(VALIDITY),
              now.plus(VALIDITY),
              CertificateAuthority.Usage.ATTESTATION_KEY,
              List.of(),
              List.of());
      try {
        return Bytes.of(authority.issue(request).getEncoded());
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
