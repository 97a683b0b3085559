package dev.asterism.mini;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.gcp.GcpIssuers;
import dev.asterism.attestation.tpm.AkSource;
import dev.asterism.attestation.tpm.AkTemplate;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.crypto.Der;
import dev.asterism.device.SoftwareSnp;
import dev.asterism.device.Tpm;
import dev.asterism.mini.MeasuredBoot.Firmware;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.MiniPlatform;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Google's instances: a key of the endorsement hierarchy, whose certificate names the instance;
 * beside it a fresh report, or the firmware's word.
 */
final class GcpCloud implements Cloud {
  private static final String PROJECT = "asterism-mini";
  private static final long PROJECT_NUMBER = 123_456_789_012L;
  private static final String ZONE = "europe-west3-b";

  /** Of the certificate: which instance. */
  private static final String INSTANCE = "1.3.6.1.4.1.11129.2.1.21";

  private static final int REPORT_DATA = 64;
  private static final int INSTANCE_ID_BITS = 62;

  private final MiniDir dir;
  private final MiniPlatform platform;
  private final SecureRandom random;
  private final Instant now;
  private final CloudSnp snp;
  private @Nullable AkMaker google;

  GcpCloud(MiniDir dir, MiniPlatform platform, SecureRandom random, Instant now) {
    this.dir = dir;
    this.platform = platform;
    this.random = random;
    this.now = now;
    this.snp = new CloudSnp(random, now);
  }

  private boolean hasSnp() {
    return platform == MiniPlatform.GCP_SEV_SNP;
  }

  @Override
  public void publish() throws IOException {
    if (hasSnp()) {
      snp.publish(dir);
    }
  }

  @Override
  public void configure(ObjectNode config) {
    google().configure(config);
    config.putObject("gcpInstance").put("project", PROJECT).put("zone", ZONE);
    // Google changes the firmware, and says when it did: nobody else knows the value before.
    if (config.path("measurements").path("0") instanceof ObjectNode firmware) {
      firmware.put("warnOnly", true);
    }
    if (hasSnp()) {
      snp.configure(config);
    }
  }

  @Override
  public Firmware firmware(boolean forged) {
    if (hasSnp()) {
      return Firmware.GCE_SEV_SNP;
    }
    return forged ? Firmware.GCE : Firmware.GCE_SEV_ES;
  }

  @Override
  public void provision(NodePlan node, NodeDir place, Tpm tpm) throws IOException {
    var instanceId = new BigInteger(INSTANCE_ID_BITS, random).setBit(INSTANCE_ID_BITS - 1);
    AtomicFile.write(
        place.host(),
        Json.pretty(
            Json.newObject()
                .put("zone", "projects/" + PROJECT_NUMBER + "/zones/" + ZONE)
                .put("project-id", PROJECT)
                .put("name", node.name())
                .put("id", instanceId.toString())),
        AtomicFile.PUBLIC);
    google().writeIssuer(place);
    try (TpmClient client = TpmClient.open(tpm)) {
      client.nv(GcpIssuers.AK_TEMPLATE).store(AkTemplate.RSA_2048);
    }
    Bytes certificate = certificate(node, tpm, instanceId);
    try (TpmClient client = TpmClient.open(tpm)) {
      client.nv(GcpIssuers.AK_CERTIFICATE).store(certificate);
    }
    if (hasSnp()) {
      SoftwareSnp guest = snp.launch();
      (node.forged() ? guest.relaying(random()) : guest).write(place.softwareSnp());
    }
  }

  private Bytes certificate(NodePlan node, Tpm tpm, BigInteger instanceId) throws IOException {
    Bytes instance =
        Der.tlv(
            Der.SEQUENCE,
            Der.tlv(Der.UTF8_STRING, Bytes.ofUtf8(ZONE)),
            Der.tlv(Der.INTEGER, number(BigInteger.valueOf(PROJECT_NUMBER))),
            Der.tlv(Der.UTF8_STRING, Bytes.ofUtf8(PROJECT)),
            Der.tlv(Der.INTEGER, number(instanceId)),
            Der.tlv(Der.UTF8_STRING, Bytes.ofUtf8(node.name())));
    try {
      return google()
          .certify(
              AttestationKey.of(tpm, GcpIssuers.KEY).publicKey(),
              node.name(),
              Map.of(INSTANCE, instance));
    } catch (IssueException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** What another guest had signed for a handshake of its own. */
  private Bytes random() {
    byte[] bytes = new byte[REPORT_DATA];
    random.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  private static Bytes number(BigInteger value) {
    return Bytes.of(value.toByteArray());
  }

  @Override
  public void boot(NodePlan node, NodeDir place, Tpm tpm) throws IOException {
    if (hasSnp()) {
      var _ = snp.relaunch(place);
    }
  }

  @Override
  public AkSource key() {
    return GcpIssuers.KEY;
  }

  @Override
  public String forgery() {
    return hasSnp()
        ? "the report for another guest's handshake"
        : "firmware that says the memory is not encrypted";
  }

  private AkMaker google() {
    AkMaker maker = google;
    if (maker == null) {
      maker = new AkMaker("Google", now);
      google = maker;
    }
    return maker;
  }
}
