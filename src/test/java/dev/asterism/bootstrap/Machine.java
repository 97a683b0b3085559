package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.fail;

import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.ClusterRegister;
import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.attestation.tpm.OwnPcrs;
import dev.asterism.attestation.tpm.PcrRegister;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.Digests;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.disk.StateDiskDevice;
import dev.asterism.disk.standalone.StandaloneDevice;
import dev.asterism.disk.standalone.StandaloneDisk;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.FounderAdmission;
import dev.asterism.kubernetes.standalone.StandaloneAdmissions;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.node.BootstrapStatus;
import dev.asterism.node.NodePaths;
import dev.asterism.node.Role;
import dev.asterism.node.metadata.FileSource;
import dev.asterism.node.metadata.FlagSource;
import dev.asterism.node.metadata.StatedMetadata;
import dev.asterism.node.standalone.StandaloneServices;
import dev.asterism.testing.DyingRecords;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A machine with a TPM in software and the stand-ins that the product brings. */
final class Machine {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SECONDS = 60;

  private final String name;
  private final Role role;
  private final Factory factory;
  private final NodePaths paths;
  private final SoftwareTpm tpm;
  private final Issuer issuer;
  private final StandaloneServices services;
  private final int initPort;
  private final Path metadata;
  private PeerVerification joinServices;
  private Runnable aroundRecord = () -> {};
  Duration joinInterval = Duration.ofMillis(100);
  private Thread running = new Thread();
  private CompletableFuture<Bootstrap.Outcome> outcome = new CompletableFuture<>();

  /** Builds machines whose attestation keys one authority certifies. */
  static final class Factory {
    private final Path directory;
    private final CertificateAuthority authority =
        CertificateAuthority.create(
            "attestation keys", Instant.now().minusSeconds(3600), Instant.now().plusSeconds(3600));

    Factory(Path directory) {
      this.directory = directory;
    }

    Machine build(String name, Role role) throws Exception {
      return new Machine(name, role, this);
    }

    /** Of a machine as it is built here: PCR 4 as measured, 15 zero. */
    Policy policy() {
      var config = Json.newObject();
      var measurements = config.putObject("measurements");
      measurements.putObject("4").put("expected", "00".repeat(32)).put("warnOnly", false);
      var trust = config.putObject("akTrust");
      trust.put("mode", "certificate");
      trust.putArray("roots").add(authority.certificatePem());
      try {
        return new QemuVtpm().policy(config);
      } catch (dev.asterism.wire.MalformedException e) {
        throw new AssertionError(e);
      }
    }

    private Bytes certify(String name, AttestationKey key) throws Exception {
      return Bytes.of(
          authority
              .issue(
                  new CertificateAuthority.Request(
                      key.publicKey(),
                      "CN=" + name,
                      Instant.now().minusSeconds(3600),
                      Instant.now().plusSeconds(3600),
                      Usage.ATTESTATION_KEY,
                      List.of(),
                      List.of()))
              .getEncoded());
    }
  }

  private Machine(String name, Role role, Factory factory) throws Exception {
    this.name = name;
    this.role = role;
    this.factory = factory;
    Path root = Files.createDirectories(factory.directory.resolve(name));
    paths = new NodePaths(root.resolve("root"));
    metadata = root.resolve("metadata.json");
    tpm = SoftwareTpm.create(root.resolve("tpm.json"), RANDOM);
    issuer =
        QemuVtpm.issuer(
            tpm, Optional::empty, List.of(factory.certify(name, AttestationKey.of(tpm))));
    services = new StandaloneServices(paths, root.resolve("bootstrap.log"), InstantSource.system());
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      initPort = socket.getLocalPort();
    }
    joinThrough();
    trust(List.of(factory.policy()));
  }

  /** By which rules it takes join-services; in the beginning the factory's. */
  void trust(List<Policy> policies) {
    joinServices = JoinServices.verification(policies, InstantSource.system());
  }

  /** What it measured so far. */
  Measurements measured() throws Exception {
    return OwnPcrs.read(tpm);
  }

  void joinThrough(String... endpoints) throws IOException {
    var node = Json.newObject();
    node.put("name", name).put("role", role.id()).put("ip", "127.0.0.1");
    node.put("apiServerEndpoint", "127.0.0.1:6443");
    node.put("initSecretHash", TestAdmin.INIT_SECRET_HASH);
    var list = node.putArray("joinEndpoints");
    List.of(endpoints).forEach(list::add);
    Files.writeString(metadata, Json.pretty(node));
  }

  /** Firmware finds something else than before. */
  void measure(int pcr, String what) throws IOException {
    try (TpmClient client = TpmClient.open(tpm)) {
      client.pcrEvent(pcr, Bytes.ofUtf8(what));
    }
  }

  void start(FaultPoints faults) throws IOException {
    var parts =
        new NodeParts(
            paths,
            new StatedMetadata(new FlagSource(Map.of()), new FileSource(metadata)),
            disk(),
            register(),
            issuer,
            services,
            new FounderAdmission(
                new StandaloneKubeadm(
                    paths.root(), factory.directory.resolve("objects"), InstantSource.system()),
                new DyingRecords(
                    StandaloneAdmissions.of(paths.root(), factory.directory.resolve("objects")),
                    () -> aroundRecord.run()),
                this::self,
                InstantSource.system()));
    var settings =
        BootstrapSettings.standard(joinServices)
            .withInitAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), initPort))
            .withJoinInterval(joinInterval)
            .withKubeadmPause(Duration.ofMillis(10));
    var bootstrap = new Bootstrap(parts, settings, InstantSource.system(), RANDOM, faults);
    var end = new CompletableFuture<Bootstrap.Outcome>();
    outcome = end;
    running =
        Thread.startVirtualThread(() -> {
          try {
            end.complete(bootstrap.run());
          } catch (Throwable e) {
            end.completeExceptionally(e);
          }
        });
  }

  /** Told before and after the founder is put on record; a place to die. */
  void aroundRecord(Runnable point) {
    aroundRecord = point;
  }

  /** As the product says it. */
  private FounderAdmission.Machine self() throws IOException {
    try {
      return new FounderAdmission.Machine(identity(), Map.of(), disk().uuid());
    } catch (IssueException e) {
      throw new IOException(e);
    }
  }

  /** The name of its admission record. */
  String identity() throws IssueException {
    return AdmissionRecord.identityOfKey(Digests.SHA256.of(AttestationKey.of(tpm).spki()).hex());
  }

  Bootstrap.Outcome await(Duration patience) throws Exception {
    return outcome.get(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  Bootstrap.Outcome await() throws Exception {
    return outcome.get(SECONDS, TimeUnit.SECONDS);
  }

  Bootstrap.Outcome run() throws Exception {
    start(FaultPoints.NONE);
    return await();
  }

  void reboot() throws IOException {
    tpm.powerCycle();
    var device =
        new StandaloneDevice(
            paths.standaloneDisk(), paths.stateDiskKey(), paths.stateDiskContents(), RANDOM);
    if (device.state() == StateDiskDevice.State.NEW) {
      device.format(part -> {});
    }
    services.rebooted();
  }

  BootstrapStatus status() throws IOException {
    return BootstrapStatus.read(paths.status()).orElseThrow();
  }

  BootstrapStatus awaitStatus(Predicate<BootstrapStatus> wanted) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (System.nanoTime() < end) {
      var now = BootstrapStatus.read(paths.status());
      if (now.isPresent() && wanted.test(now.get())) {
        return now.get();
      }
      Thread.sleep(20);
    }
    return fail("status stays " + status());
  }

  StandaloneDisk disk() throws IOException {
    return StandaloneDisk.open(paths.standaloneDisk(), paths.stateDiskKey(), RANDOM);
  }

  ClusterRegister register() {
    return new PcrRegister(tpm, 15);
  }

  Issuer issuer() {
    return issuer;
  }

  NodePaths paths() {
    return paths;
  }

  int initPort() {
    return initPort;
  }

  void stop() throws InterruptedException {
    running.interrupt();
    running.join();
  }
}
