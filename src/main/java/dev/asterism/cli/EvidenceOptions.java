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
import dev.asterism.device.KernelTdx;
import dev.asterism.device.MetadataService;
import dev.asterism.device.SoftwareTdx;
import dev.asterism.device.TdxGuest;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private static final URI CLOUD_HOST = URI.create("http://169.254.169.254");
  private static final String KERNEL = "kernel";
  private static final String SOFTWARE = "software:";

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

  @Option(
      names = "--tdx",
      paramLabel = "GUEST",
      defaultValue = KERNEL,
      description = {
        "Where a TD gets its quotes: kernel, or software:FILE (default: ${DEFAULT-VALUE}).",
        "A software guest keeps its keys in that file: for tests, and for mini."
      })
  private String tdx = "";

  @Option(
      names = "--metadata-url",
      paramLabel = "URL",
      description = {
        "What a guest asks about itself (default: http://169.254.169.254; for a node of the provider",
        "qemu http://10.42.0.1:8080)."
      })
  private @Nullable String metadata;

  @Option(
      names = "--nitro-tpm",
      paramLabel = "TPM",
      description = {
        "On AWS: evidence has a document of the Nitro hypervisor, asked for through this device",
        "(/dev/tpm0: the kernel's resource manager does not know the command). Without it, none."
      })
  private @Nullable String nitroTpm;

  @Mixin private SnpOptions snp = new SnpOptions();
  @Mixin private VendorOptions vendors = new VendorOptions();

  EvidenceOptions() {}

  Issuer issuer() throws MalformedException, IOException {
    if (isSnp()) {
      return snp.issuer();
    }
    Optional<TdxBinding> td = td();
    if (td.isPresent()) {
      return new TdxIssuer(td.get(), guest(), this::eventLog);
    }
    var chain = new java.util.ArrayList<Bytes>();
    for (Path file : akCertificates) {
      chain.add(read("--ak-certificate", file, MAX_CERTIFICATE));
    }
    Tpm device = device();
    return switch (named()) {
      case AZURE_SEV_SNP -> AzureIssuers.snp(device, this::eventLog, host());
      case AZURE_TDX -> AzureIssuers.tdx(device, this::eventLog, host());
      case AZURE_TRUSTEDLAUNCH -> AzureIssuers.trustedLaunch(device, this::eventLog, chain);
      case AWS_SEV_SNP -> AwsIssuers.snp(device, this::eventLog, snp.guest(), nitro());
      case AWS_NITRO_TPM -> AwsIssuers.nitroTpm(device, this::eventLog, host(), nitro());
      case GCP_SEV_SNP -> GcpIssuers.snp(device, this::eventLog, snp.guest(), host(), chain);
      case GCP_SEV_ES -> GcpIssuers.sev(device, this::eventLog, host(), chain);
      case QEMU_VTPM, QEMU_TDX, SEV_SNP, TDX -> QemuVtpm.issuer(device, this::eventLog, chain);
    };
  }

  private @Nullable Tpm nitro() throws MalformedException {
    if (nitroTpm != null && nitroTpm.startsWith("/") && nitroTpm.equals(tpm)) {
      throw new MalformedException(
          "--nitro-tpm",
          "is the device of --tpm, which lets in one at a time: --tpm /dev/tpmrm0 beside it");
    }
    return nitroTpm == null ? null : Tpms.open(nitroTpm);
  }

  private MetadataService host() throws MalformedException {
    URI url = metadataUrl();
    return new MetadataService(url == null ? CLOUD_HOST : url);
  }

  /** Where this machine's host answers; null: where the provider has it. */
  @Nullable URI metadataUrl() throws MalformedException {
    return metadata == null ? null : base("--metadata-url", metadata);
  }

  /** A host, without a path. */
  static URI base(String option, String url) throws MalformedException {
    if (!url.matches("https?://[A-Za-z0-9.:\\[\\]-]+")) {
      throw new MalformedException(option, "is not http://HOST");
    }
    try {
      return URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(option, "is not http://HOST");
    }
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
      if (!tdx.equals(KERNEL)) {
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
    return td().isPresent() ? OwnRegisters.read(guest()) : OwnPcrs.read(device());
  }

  /** The platform of this machine's evidence. */
  Platform platform() throws MalformedException {
    return Platforms.of(named(), vendors.get());
  }

  ClusterRegister register() throws MalformedException {
    if (isSnp()) {
      return snp.register();
    }
    return td().isPresent() ? new RtmrRegister(guest()) : pcr();
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

  private TdxGuest guest() throws MalformedException {
    if (tdx.equals(KERNEL)) {
      return new KernelTdx();
    }
    if (tdx.startsWith(SOFTWARE) && tdx.length() > SOFTWARE.length()) {
      return new SoftwareTdx(Path.of(tdx.substring(SOFTWARE.length())));
    }
    throw new MalformedException("--tdx", "is not kernel or software:FILE");
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
      return new Self(
          AdmissionRecord.identityOfKey(spki),
          Map.of(Identifier.AK_KEY.id(), spki, Identifier.AK_NAME.id(), key.name().hex()));
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
