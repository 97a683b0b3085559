package dev.asterism.mini;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.aws.AwsIssuers;
import dev.asterism.attestation.aws.AwsNitroTpm;
import dev.asterism.attestation.aws.AwsSevSnp;
import dev.asterism.attestation.azure.AzureIssuers;
import dev.asterism.attestation.azure.AzureSevSnp;
import dev.asterism.attestation.azure.AzureTdx;
import dev.asterism.attestation.azure.AzureTrustedLaunch;
import dev.asterism.attestation.azure.MaaTokens;
import dev.asterism.attestation.gcp.GcpIssuers;
import dev.asterism.attestation.gcp.GcpSevEs;
import dev.asterism.attestation.gcp.GcpSevSnp;
import dev.asterism.attestation.tdx.CollateralFolder;
import dev.asterism.attestation.tdx.TdxTrust;
import dev.asterism.device.MetadataService;
import dev.asterism.device.SnpGuest;
import dev.asterism.device.SoftwareSnp;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.MiniPlatform;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Origin;
import dev.asterism.mini.MiniPlan.Ports;
import dev.asterism.mini.MiniPlan.TpmKind;
import dev.asterism.node.Role;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the clouds' issuers make of mini's machines is accepted, but for one binding of a forged
 * one.
 */
class CloudMachinesTest {
  private static final Bytes USER_DATA = Bytes.ofUtf8("user data");
  private static final Bytes NONCE = Bytes.zeros(32);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "AZURE_SEV_SNP, hcl.key",
    "AZURE_TDX, hcl.key",
    "AZURE_TRUSTEDLAUNCH, ak.certified",
    "AWS_SEV_SNP, report.ak",
    "AWS_NITRO_TPM, nitro.ak",
    "GCP_SEV_SNP, report.data",
    "GCP_SEV_ES, gcp.firmware",
  })
  void aForgedMachineFailsInOneCheck(MiniPlatform platform, String check) throws Exception {
    var random = new SecureRandom();
    var dir = new MiniDir(folder.resolve("mini"));
    int port = PortRange.find(2 * Ports.COUNT, random);
    var honest = new NodePlan("control-plane-1", Role.CONTROL_PLANE, false, port, "");
    var forged =
        new NodePlan("worker-1", Role.WORKER, false, true, port + Ports.COUNT, "", Origin.PLANNED);
    var plan = new MiniPlan(platform, TpmKind.SOFTWARE, List.of(honest, forged));
    plan.write(dir);
    var context =
        new MiniContext(
            new RoleCommand(List.of(), List.of()),
            _ -> platform(dir, platform),
            (objects, node) -> {},
            new Silent(),
            random,
            InstantSource.system());
    Machines machines =
        MachineRoom.of(
            dir,
            plan,
            new Processes(dir, context.command()),
            context,
            MeasuredBoot.reference(),
            null);
    machines.admin();
    try (var hosts = new MetadataHost(dir)) {
      hosts.serve();

      String name = build(machines, dir, honest);
      Appraisal first = appraise(machines, dir, plan, honest);
      assertTrue(first.accepted(), first.reason());
      assertEquals(name, first.claims().orElseThrow().identity().get(Identifier.AK_NAME));

      machines.boot(honest, dir.node(honest.name()));
      Appraisal second = appraise(machines, dir, plan, honest);
      assertTrue(second.accepted(), second.reason());
      assertEquals(name, second.claims().orElseThrow().identity().get(Identifier.AK_NAME));
      assertEquals(
          !platform.asksAmd(),
          first.claims().orElseThrow().identity().get(Identifier.REPORT_ID)
              == second.claims().orElseThrow().identity().get(Identifier.REPORT_ID),
          "a guest that begins anew has another report id");

      build(machines, dir, forged);
      Appraisal refused = appraise(machines, dir, plan, forged);
      assertEquals(
          List.of(check), refused.with(Outcome.FAILED).stream().map(c -> c.id().id()).toList());
    }
  }

  private static String build(Machines machines, MiniDir dir, NodePlan node) throws IOException {
    NodeDir place = dir.node(node.name());
    Files.createDirectories(place.root());
    return machines.build(node, place);
  }

  private static Appraisal appraise(Machines machines, MiniDir dir, MiniPlan plan, NodePlan node)
      throws Exception {
    Platform platform = platform(dir, plan.platform());
    return platform
        .policy(machines.attestationConfig())
        .verifier()
        .verify(
            issuer(dir, plan.platform(), node).issue(USER_DATA, NONCE),
            new Challenge(NONCE, USER_DATA, Instant.now()));
  }

  private static Issuer issuer(MiniDir dir, MiniPlatform platform, NodePlan node)
      throws IOException {
    NodeDir place = dir.node(node.name());
    Tpm tpm = new SoftwareTpm(place.softwareTpm());
    var host = new MetadataService(URI.create("http://" + node.address(Ports.METADATA)));
    Supplier<Optional<Bytes>> log =
        () -> {
          try {
            return Optional.of(Bytes.of(Files.readAllBytes(place.eventLog())));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    return switch (platform) {
      case AZURE_SEV_SNP ->
          AzureIssuers.snp(tpm, log, host, MaaTokens.ofTag(host, ProxySelector.of(null)));
      case AZURE_TDX -> AzureIssuers.tdx(tpm, log, host);
      case AZURE_TRUSTEDLAUNCH -> AzureIssuers.trustedLaunch(tpm, log, chain(place));
      case AWS_SEV_SNP -> AwsIssuers.snp(tpm, log, guest(place), null);
      case AWS_NITRO_TPM -> AwsIssuers.nitroTpm(tpm, log, host, tpm);
      case GCP_SEV_SNP -> GcpIssuers.snp(tpm, log, guest(place), host, chain(place));
      case GCP_SEV_ES -> GcpIssuers.sev(tpm, log, host, chain(place));
      case QEMU_VTPM, SEV_SNP, TDX -> throw new IllegalArgumentException("no cloud");
    };
  }

  private static SnpGuest guest(NodeDir place) throws IOException {
    return SoftwareSnp.read(place.softwareSnp());
  }

  private static List<Bytes> chain(NodeDir place) throws IOException {
    return List.of(AtomicFile.read(place.akCertificate(), 64 * 1024));
  }

  private static Platform platform(MiniDir dir, MiniPlatform platform) {
    var published = new Published(dir);
    return switch (platform) {
      case AZURE_SEV_SNP -> new AzureSevSnp(published);
      case AZURE_TDX -> new AzureTdx(new TdxTrust(new CollateralFolder(dir.collateral())));
      case AZURE_TRUSTEDLAUNCH -> new AzureTrustedLaunch();
      case AWS_SEV_SNP -> new AwsSevSnp(published);
      case AWS_NITRO_TPM -> new AwsNitroTpm();
      case GCP_SEV_SNP -> new GcpSevSnp(published);
      case GCP_SEV_ES -> new GcpSevEs();
      case QEMU_VTPM, SEV_SNP, TDX -> throw new IllegalArgumentException("no cloud");
    };
  }

  /** The files that mini's hosts hand out. */
  private record Published(MiniDir dir) implements EndorsementSource {
    @Override
    public Answer get(EndorsementRequest request) {
      try {
        Path file = dir.published().resolve(request.path().substring(1));
        return new Answer.Found(Endorsement.of(Bytes.of(Files.readAllBytes(file))));
      } catch (IOException e) {
        return new Answer.Unavailable(String.valueOf(e.getMessage()));
      }
    }

    @Override
    public Endorsement newest(EndorsementRequest request, Endorsement presented) {
      return presented;
    }
  }

  private record Silent() implements Progress {
    @Override
    public void step(int number, int of, String what) {}

    @Override
    public void node(String name, String what) {}

    @Override
    public void note(String what) {}
  }
}
