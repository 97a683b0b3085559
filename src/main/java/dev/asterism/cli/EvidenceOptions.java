package dev.asterism.cli;

import dev.asterism.attestation.ClusterRegister;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.aws.AwsIssuers;
import dev.asterism.attestation.azure.AzureIssuers;
import dev.asterism.attestation.gcp.GcpIssuers;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.attestation.tdx.OwnRegisters;
import dev.asterism.attestation.tdx.RtmrRegister;
import dev.asterism.attestation.tdx.TdxBinding;
import dev.asterism.attestation.tdx.TdxIssuer;
import dev.asterism.attestation.tpm.AkSource;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.attestation.tpm.OwnPcrs;
import dev.asterism.attestation.tpm.PcrRegister;
import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm;
import dev.asterism.device.Tpms;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a node makes evidence about itself. */
final class EvidenceOptions {
  private static final System.Logger LOG = System.getLogger(EvidenceOptions.class.getName());
  private static final String KERNEL_TPM = "/dev/tpmrm0";
  private static final int MAX_LOG = 1024 * 1024;
  private static final int MAX_CERTIFICATE = 64 * 1024;
  private static final Path KERNEL_LOG =
      Path.of("/sys/kernel/security/tpm0/binary_bios_measurements");

  private static final Path CCEL = Path.of("/sys/firmware/acpi/tables/data/CCEL");

  @Option(
      names = "--attestation-variant",
      paramLabel = "NAME",
      defaultValue = "${env:CONSTEL_ATTESTATION_VARIANT:-qemu-vtpm}",
      description = "Which evidence is given and asked for (default: ${DEFAULT-VALUE}).")
  private String variant = "";

  @Option(
      names = "--tpm",
      paramLabel = "TPM",
      description = {
        "/dev/…, swtpm:HOST:PORT or software:FILE (default: " + KERNEL_TPM + ").",
        "A software TPM keeps its keys in that file: for tests, and for mini."
      })
  private @Nullable String tpm;

  @Option(
      names = "--event-log",
      paramLabel = "FILE",
      description = "The firmware's event log (default: the kernel's, where there is one).")
  private @Nullable Path eventLog;

  @Option(
      names = "--ak-certificate",
      paramLabel = "FILE",
      description = {
        "Certificates of the attestation key, DER, its own first; may be repeated.",
        "On Azure and Google its own is in the TPM: those of its issuers."
      })
  private List<Path> akCertificates = List.of();

  @Mixin private SnpOptions snp = new SnpOptions();
  @Mixin private TdxGuestOptions tdx = new TdxGuestOptions();
  @Mixin private CloudOptions cloud = new CloudOptions();
  @Mixin private VendorOptions vendors = new VendorOptions();

  EvidenceOptions() {}

  Issuer issuer() throws MalformedException, IOException {
    if (isSnp()) {
      return snp.issuer();
    }
    Optional<TdxBinding> td = td();
    if (td.isPresent()) {
      return new TdxIssuer(td.get(), tdx.guest(), this::eventLog);
    }
    var chain = new ArrayList<Bytes>();
    for (Path file : akCertificates) {
      chain.add(read("--ak-certificate", file, MAX_CERTIFICATE));
    }
    Tpm device = device();
    return switch (named()) {
      case AZURE_SEV_SNP ->
          AzureIssuers.snp(device, this::eventLog, cloud.host(), cloud.maaTokens());
      case AZURE_TDX -> AzureIssuers.tdx(device, this::eventLog, cloud.host());
      case AZURE_TRUSTEDLAUNCH -> AzureIssuers.trustedLaunch(device, this::eventLog, chain);
      case AWS_SEV_SNP -> AwsIssuers.snp(device, this::eventLog, snp.guest(), cloud.nitro(tpm));
      case AWS_NITRO_TPM ->
          AwsIssuers.nitroTpm(device, this::eventLog, cloud.host(), cloud.nitro(tpm));
      case GCP_SEV_SNP -> GcpIssuers.snp(device, this::eventLog, snp.guest(), cloud.host(), chain);
      case GCP_SEV_ES -> GcpIssuers.sev(device, this::eventLog, cloud.host(), chain);
      case QEMU_VTPM, QEMU_TDX, SEV_SNP, TDX -> QemuVtpm.issuer(device, this::eventLog, chain);
    };
  }

  /** Where this machine's host answers; null: where the provider has it. */
  @Nullable URI metadataUrl() throws MalformedException {
    return cloud.metadataUrl();
  }

  /**
   * For a join-service, which old clusters run in containers without a TPM: null there, and the log
   * says so.
   *
   * @throws IssueException if the TPM that was named cannot be used
   */
  @Nullable Issuer issuerIfAny() throws MalformedException, IOException, IssueException {
    if (isSnp()) {
      return snp.issuer();
    }
    if (td().isPresent()) {
      return tdIssuerIfAny();
    }
    if (tpm == null && !Files.exists(Path.of(KERNEL_TPM))) {
      return withoutEvidence("there is no --tpm and no " + KERNEL_TPM);
    }
    try {
      if (register().read().isAllZero()) {
        LOG.log(
            Level.WARNING,
            "this machine's cluster-ID register is zero, it has not joined: nodes will refuse its"
                + " evidence");
      }
    } catch (IssueException e) {
      if (tpm != null) {
        throw e;
      }
      return withoutEvidence(String.valueOf(e.getMessage()));
    }
    LOG.log(Level.INFO, "proving itself to nodes with the TPM at {0}", device().description());
    return issuer();
  }

  private @Nullable Issuer tdIssuerIfAny() throws MalformedException, IOException, IssueException {
    try {
      if (register().read().isAllZero()) {
        LOG.log(
            Level.WARNING,
            "this TD's cluster-ID register is zero, it has not joined: nodes will refuse its"
                + " evidence");
      }
    } catch (IssueException e) {
      if (!tdx.isKernel()) {
        throw e;
      }
      return withoutEvidence(String.valueOf(e.getMessage()));
    }
    return issuer();
  }

  private static @Nullable Issuer withoutEvidence(String why) {
    LOG.log(
        Level.WARNING,
        "giving nodes no evidence, because {0}: nodes join only with --join-old-cluster",
        why);
    return null;
  }

  /** What this machine booted. */
  Measurements measurements() throws MalformedException, IssueException {
    if (isSnp()) {
      return snp.issuer().measurements();
    }
    return td().isPresent() ? OwnRegisters.read(tdx.guest()) : OwnPcrs.read(device());
  }

  /** The platform of this machine's evidence. */
  Platform platform() throws MalformedException {
    return Platforms.of(named(), vendors.get());
  }

  ClusterRegister register() throws MalformedException {
    if (isSnp()) {
      return snp.register();
    }
    return td().isPresent() ? new RtmrRegister(tdx.guest()) : pcr();
  }

  /** Whether evidence tells the machine from others: TDs share their platform's key. */
  boolean hasIdentity() throws MalformedException {
    return td().isEmpty();
  }

  /** Of a machine that proves itself by a TD quote: how its documents bind what they carry. */
  private Optional<TdxBinding> td() throws MalformedException {
    return switch (named()) {
      case QEMU_TDX -> Optional.of(TdxBinding.QEMU);
      case TDX -> Optional.of(TdxBinding.METAL);
      default -> Optional.empty();
    };
  }

  private Variant named() throws MalformedException {
    return Inputs.variant("--attestation-variant", variant);
  }

  private ClusterRegister pcr() throws MalformedException {
    return new PcrRegister(device(), supported().clusterRegister().orElseThrow());
  }

  /**
   * This machine as others find it by its evidence.
   *
   * @param identity the name of its admission record
   * @param evidence identifiers by name
   */
  record Self(String identity, Map<String, String> evidence) {}

  /** Who this machine is. */
  Self self() throws MalformedException, IOException {
    try {
      if (isSnp()) {
        String id = snp.issuer().reportId().hex();
        return new Self(
            AdmissionRecord.identityOfReport(id), Map.of(Identifier.REPORT_ID.id(), id));
      }
      AttestationKey key = AttestationKey.of(device(), key());
      String spki = Digests.SHA256.of(key.spki()).hex();
      var evidence = new TreeMap<String, String>();
      evidence.put(Identifier.AK_KEY.id(), spki);
      evidence.put(Identifier.AK_NAME.id(), key.name().hex());
      if (namesItsKeyInReports()) {
        evidence.put(Identifier.REPORT_ID.id(), snp.issuer().reportId().hex());
      }
      return new Self(AdmissionRecord.identityOfKey(spki), evidence);
    } catch (IssueException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private AkSource key() throws MalformedException {
    return switch (named()) {
      case AZURE_SEV_SNP, AZURE_TDX, AZURE_TRUSTEDLAUNCH -> AzureIssuers.KEY;
      case GCP_SEV_SNP, GCP_SEV_ES -> GcpIssuers.KEY;
      case AWS_SEV_SNP, AWS_NITRO_TPM, QEMU_VTPM, QEMU_TDX, SEV_SNP, TDX -> AkSource.OWNER;
    };
  }

  /** Root in such a guest can have any number of keys; it has one launch. */
  private boolean namesItsKeyInReports() throws MalformedException {
    return named() == Variant.AWS_SEV_SNP || named() == Variant.GCP_SEV_SNP;
  }

  private boolean isSnp() throws MalformedException {
    return supported() == Variant.SEV_SNP;
  }

  private Tpm device() throws MalformedException {
    var _ = supported();
    return Tpms.open(tpm == null ? KERNEL_TPM : tpm);
  }

  private Variant supported() throws MalformedException {
    // The platforms of this build and the devices that this mixin opens are the same list.
    return Platforms.of(named(), Vendors.NONE).variant();
  }

  private Optional<Bytes> eventLog() {
    Path file = eventLog == null ? kernelLog() : eventLog;
    if (eventLog == null && !Files.isReadable(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(AtomicFile.read(file, MAX_LOG));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("the event log " + file + " cannot be read", e);
    }
  }

  private Path kernelLog() {
    return Variant.byId(variant).filter(v -> v == Variant.TDX).isPresent() ? CCEL : KERNEL_LOG;
  }

  private static Bytes read(String option, Path file, int limit)
      throws IOException, MalformedException {
    try {
      return AtomicFile.read(file, limit);
    } catch (NoSuchFileException e) {
      throw new MalformedException(option, file + " does not exist");
    }
  }
}
