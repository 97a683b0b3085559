package dev.asterism.mini;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.azure.AzureIssuers;
import dev.asterism.attestation.tpm.AkSource;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.PssAuthority;
import dev.asterism.device.SoftwareParavisor;
import dev.asterism.device.SoftwareParavisor.Hardware;
import dev.asterism.device.SoftwareReport;
import dev.asterism.device.SoftwareSnp;
import dev.asterism.device.SoftwareTdx;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.device.Tpm;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.MiniPlatform;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Azure's VMs: a key that is there already; on confidential ones a paravisor that names it in an
 * HCL report, on others Microsoft's certificate.
 */
final class AzureCloud implements Cloud {
  private static final int RSA_BITS = 2048;
  private static final int PPID = 16;
  private static final Bytes SIGNER =
      Digests.SHA384.of(Bytes.ofUtf8("asterism mini paravisor signer"));
  private static final Bytes MRTD = Digests.SHA384.of(Bytes.ofUtf8("asterism mini paravisor 1"));

  private final MiniDir dir;
  private final MiniPlatform platform;
  private final SecureRandom random;
  private final Instant now;
  private final CloudSnp snp;
  private @Nullable AkMaker microsoft;
  private @Nullable SoftwareTdxVendor intel;

  AzureCloud(MiniDir dir, MiniPlatform platform, SecureRandom random, Instant now) {
    this.dir = dir;
    this.platform = platform;
    this.random = random;
    this.now = now;
    this.snp = new CloudSnp(random, now);
  }

  @Override
  public void publish() throws IOException {
    switch (platform) {
      case AZURE_SEV_SNP -> snp.publish(dir);
      case AZURE_TDX -> {
        Map<String, Bytes> files = intel().collateral("UpToDate", List.of());
        for (Map.Entry<String, Bytes> file : files.entrySet()) {
          AtomicFile.write(
              dir.collateral().resolve(file.getKey()), file.getValue(), AtomicFile.PUBLIC);
        }
      }
      default -> {}
    }
  }

  @Override
  public void configure(ObjectNode config) {
    switch (platform) {
      case AZURE_SEV_SNP -> {
        snp.configure(config);
        ObjectNode signers = config.putObject("firmwareSignerConfig");
        signers.putArray("acceptedKeyDigests").add(SIGNER.hex());
        signers.put("enforcementPolicy", "Equal").put("maaURL", "");
      }
      case AZURE_TDX -> {
        config.put("intelRootKey", Pem.encode(intel().rootCertificate()));
        config.putObject("tdMeasurements").put("0", MRTD.hex());
      }
      default -> microsoft().configure(config);
    }
  }

  @Override
  public void provision(NodePlan node, NodeDir place, Tpm tpm) throws IOException {
    try (TpmClient client = TpmClient.open(tpm)) {
      TpmClient.Loaded key = client.createPrimaryAk();
      client.evictControl(key.handle(), AzureIssuers.AK);
      client.flushContext(key.handle());
    }
    switch (platform) {
      case AZURE_SEV_SNP -> {
        SoftwareSnp guest = snp.launch().with(SoftwareReport.ID_KEY_DIGEST, SIGNER);
        guest.write(place.softwareSnp());
        ObjectNode endorsements = Json.newObject();
        endorsements.put("vcekCert", CloudSnp.certificate(guest));
        endorsements.put("certificateChain", snp.chain());
        AtomicFile.write(place.host(), Json.pretty(endorsements), AtomicFile.PUBLIC);
      }
      case AZURE_TDX -> {
        byte[] ppid = new byte[PPID];
        random.nextBytes(ppid);
        SoftwareTdx.create(place.softwareTdx(), intel(), MRTD, Bytes.of(ppid));
      }
      default -> {
        microsoft().writeIssuer(place);
        Bytes certificate = microsoft().certify(claimed(node, tpm), node.name(), Map.of());
        store(tpm, AzureIssuers.AK_CERTIFICATE, certificate);
      }
    }
  }

  /** The paravisor has the hardware vouch for the key anew. */
  @Override
  public void boot(NodePlan node, NodeDir place, Tpm tpm) throws IOException {
    if (platform == MiniPlatform.AZURE_TRUSTEDLAUNCH) {
      return;
    }
    var paravisor = SoftwareParavisor.claiming(claimed(node, tpm));
    Bytes report;
    if (platform == MiniPlatform.AZURE_SEV_SNP) {
      SoftwareSnp guest = snp.relaunch(place);
      report = paravisor.report(Hardware.SNP, guest.report(paravisor.reportData()).report());
    } else {
      var td = new SoftwareTdx(place.softwareTdx());
      td.powerCycle();
      report = paravisor.report(Hardware.TDX, td.report(paravisor.reportData()));
    }
    store(tpm, AzureIssuers.HCL_REPORT, report);
  }

  /** The key that is vouched for: the TPM's own, unless all of that is another machine's. */
  private static PublicKey claimed(NodePlan node, Tpm tpm) throws IOException {
    if (node.forged()) {
      return PssAuthority.newKey(RSA_BITS).getPublic();
    }
    try {
      return AttestationKey.of(tpm, AzureIssuers.KEY).publicKey();
    } catch (IssueException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static void store(Tpm tpm, long index, Bytes content) throws IOException {
    try (TpmClient client = TpmClient.open(tpm)) {
      client.nv(index).store(content);
    }
  }

  @Override
  public AkSource key() {
    return AzureIssuers.KEY;
  }

  @Override
  public String forgery() {
    return platform == MiniPlatform.AZURE_TRUSTEDLAUNCH
        ? "the certificate of another VM's key"
        : "the HCL report of another VM's key";
  }

  private AkMaker microsoft() {
    AkMaker maker = microsoft;
    if (maker == null) {
      maker = new AkMaker("Azure", now);
      microsoft = maker;
    }
    return maker;
  }

  private SoftwareTdxVendor intel() {
    SoftwareTdxVendor vendor = intel;
    if (vendor == null) {
      Instant from = now.minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
      vendor = SoftwareTdxVendor.create(from, from.plus(Duration.ofDays(365)));
      intel = vendor;
    }
    return vendor;
  }
}
