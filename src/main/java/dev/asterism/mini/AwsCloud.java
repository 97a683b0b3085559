package dev.asterism.mini;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.tpm.AkSource;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.VendorAuthority;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.device.SoftwareNitro;
import dev.asterism.device.SoftwareSnp;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.MiniPlatform;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * EC2 instances with a NitroTPM: a report that a VLEK signed names the key, or a document of the
 * Nitro hypervisor does.
 */
final class AwsCloud implements Cloud {
  private static final String REGION = "eu-central-1";
  private static final String PROVIDER = "CN=cc-" + REGION + ".amazonaws.com";

  /** What a Nitro document must say of: boot loader and kernel, initrd and command line, image. */
  private static final List<Integer> SOFTWARE = List.of(4, 9, 11);

  private final MiniDir dir;
  private final MiniPlatform platform;
  private final SecureRandom random;
  private final Instant now;
  private final CloudSnp snp;
  private @Nullable VendorAuthority nitro;

  AwsCloud(MiniDir dir, MiniPlatform platform, SecureRandom random, Instant now) {
    this.dir = dir;
    this.platform = platform;
    this.random = random;
    this.now = now;
    this.snp = new CloudSnp(random, now);
  }

  private boolean hasSnp() {
    return platform == MiniPlatform.AWS_SEV_SNP;
  }

  @Override
  public void publish() throws IOException {
    if (hasSnp()) {
      snp.publish(dir);
    }
  }

  @Override
  public void configure(ObjectNode config) {
    if (hasSnp()) {
      snp.configure(config).putArray("cspIds").add(PROVIDER);
      return;
    }
    SortedMap<Integer, Bytes> registers =
        MeasuredBoot.reference().log(Digests.SHA384).replay(Digests.SHA384);
    ObjectNode document = config.putObject("nitroDocument");
    ObjectNode pcrs = document.putObject("pcrs");
    for (int pcr : SOFTWARE) {
      Bytes value = registers.getOrDefault(pcr, Bytes.zeros(Digests.SHA384.length()));
      pcrs.put(Integer.toString(pcr), value.hex());
    }
    document.putArray("roots").add(Pem.encode(nitro().certificate()));
  }

  @Override
  public void create(NodePlan node, NodeDir place, Vtpms vtpms) throws IOException {
    String instance = "i-" + random(17);
    AtomicFile.write(place.host(), Json.pretty(identity(instance)), AtomicFile.PUBLIC);
    if (hasSnp()) {
      vtpms.create(node);
      return;
    }
    SoftwareNitro hypervisor = SoftwareNitro.below(nitro(), instance, validity());
    SoftwareTpm.create(
        place.softwareTpm(),
        random,
        node.forged() ? hypervisor.relaying(Bytes.of(stranger())) : hypervisor);
  }

  @Override
  public void provision(NodePlan node, NodeDir place, Tpm tpm) throws IOException {
    if (hasSnp()) {
      SoftwareSnp guest = snp.launchInFleet(PROVIDER);
      (node.forged() ? guest.relaying(Digests.SHA512.of(Bytes.of(stranger()))) : guest)
          .write(place.softwareSnp());
    }
    try {
      // Made by whoever asks first: better one than all services at once.
      var _ = AttestationKey.of(tpm);
    } catch (IssueException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** The key of another instance, DER SubjectPublicKeyInfo. */
  private static byte[] stranger() {
    return KeyPairs.ecP256().getPublic().getEncoded();
  }

  @Override
  public void boot(NodePlan node, NodeDir place, Tpm tpm) throws IOException {
    if (hasSnp()) {
      var _ = snp.relaunch(place);
    }
  }

  /** The instance identity document. */
  private ObjectNode identity(String instance) {
    return Json.newObject()
        .put("accountId", "123456789012")
        .put("architecture", "x86_64")
        .put("availabilityZone", REGION + "a")
        .put("imageId", "ami-" + random(17))
        .put("instanceId", instance)
        .put("instanceType", hasSnp() ? "m6a.large" : "m6i.large")
        .put("pendingTime", now.toString())
        .put("privateIp", "127.0.0.1")
        .put("region", REGION)
        .put("version", "2017-09-30");
  }

  private String random(int digits) {
    byte[] bytes = new byte[(digits + 1) / 2];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes).substring(0, digits);
  }

  @Override
  public AkSource key() {
    return AkSource.OWNER;
  }

  @Override
  public String forgery() {
    return hasSnp()
        ? "the report of another instance's key"
        : "the Nitro document of another instance's key";
  }

  private VendorAuthority nitro() {
    VendorAuthority root = nitro;
    if (root == null) {
      root = VendorAuthority.root("CN=aws.nitro-enclaves,OU=AWS,O=Asterism mini", validity());
      nitro = root;
    }
    return root;
  }

  private Validity validity() {
    return new Validity(now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(365)));
  }
}
