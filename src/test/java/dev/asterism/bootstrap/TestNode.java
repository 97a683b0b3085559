package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.bootstrap.FaultPoints.Step;
import dev.asterism.crypto.Secret;
import dev.asterism.disk.StateDiskDevice;
import dev.asterism.disk.standalone.StandaloneDevice;
import dev.asterism.disk.standalone.StandaloneDisk;
import dev.asterism.keys.KeyIds;
import dev.asterism.keys.KeySource;
import dev.asterism.node.BootstrapStatus;
import dev.asterism.node.NodePaths;
import dev.asterism.node.NodeStateFile;
import dev.asterism.node.Role;
import dev.asterism.node.standalone.StandaloneServices;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.FakeKubeadm;
import dev.asterism.testing.FakeMetadata;
import dev.asterism.testing.FakeRegister;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A node in a directory: what survives a kill, what survives a reboot, and starts between them. */
final class TestNode {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SECONDS = 30;

  final NodePaths paths;
  final FakeRegister register = new FakeRegister();
  final FakeMetadata metadata;
  final FakeKubeadm kubeadm = new FakeKubeadm();
  final StandaloneServices services;
  final int initPort;
  Issuer issuer = DummyEvidence.issuer(Variant.QEMU_VTPM);
  BootstrapSettings settings;
  FaultPoints faults = FaultPoints.NONE;
  private Thread running;
  private CompletableFuture<Bootstrap.Outcome> outcome;

  TestNode(Path root, Role role) throws IOException {
    paths = new NodePaths(root);
    metadata = new FakeMetadata(role);
    services = new StandaloneServices(paths, root.resolve("node.log"), InstantSource.system());
    initPort = freePort();
    settings =
        BootstrapSettings.standard(null)
            .withInitAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), initPort))
            .withJoinInterval(Duration.ofMillis(50))
            .withKubeadmPause(Duration.ofMillis(1));
  }

  /** Dies, as by a power cut, after that step. */
  void dieAfter(Step fatal) {
    faults =
        step -> {
          if (step == fatal) {
            throw new Killed();
          }
        };
  }

  /** One start of the role. */
  TestNode start() throws IOException {
    StandaloneDisk disk = disk();
    var bootstrap =
        new Bootstrap(
            new NodeParts(paths, metadata, disk, register, issuer, services, kubeadm),
            settings,
            InstantSource.system(),
            RANDOM,
            faults);
    outcome = new CompletableFuture<>();
    CompletableFuture<Bootstrap.Outcome> end = outcome;
    running =
        Thread.startVirtualThread(() -> {
          try {
            end.complete(bootstrap.run());
          } catch (Throwable e) {
            end.completeExceptionally(e);
          }
        });
    return this;
  }

  Bootstrap.Outcome await() throws Exception {
    return outcome.get(SECONDS, TimeUnit.SECONDS);
  }

  Bootstrap.Outcome run() throws Exception {
    return start().await();
  }

  /** Waits for the death that {@link #dieAfter} ordered. */
  void awaitDeath() throws Exception {
    try {
      fail("ended with " + await() + " instead of dying");
    } catch (ExecutionException e) {
      assertTrue(e.getCause() instanceof Killed, () -> "died of " + e.getCause());
    }
    faults = FaultPoints.NONE;
  }

  /** What firmware, disk mapper and init system do at a reboot. */
  void reboot() throws IOException {
    register.reset();
    var device =
        new StandaloneDevice(
            paths.standaloneDisk(), paths.stateDiskKey(), paths.stateDiskContents(), RANDOM);
    if (device.state() == StateDiskDevice.State.NEW) {
      device.format(part -> {});
    }
    services.rebooted();
  }

  StandaloneDisk disk() throws IOException {
    return StandaloneDisk.open(paths.standaloneDisk(), paths.stateDiskKey(), RANDOM);
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
      Thread.sleep(10);
    }
    return fail("status stays " + status());
  }

  /** All that must be so on a member, in one place. */
  void assertMember(KeySource keys, Bytes clusterId, Bytes salt, Role role) throws Exception {
    StandaloneDisk disk = disk();
    try (Secret key = keys.dataKey(KeyIds.stateDisk(disk.uuid()), KeyIds.LENGTH)) {
      assertTrue(disk.opens(key), "the disk opens with the key that the cluster derives");
    }
    assertTrue(disk.initialized());
    assertFalse(Files.exists(paths.stateDiskKey()));
    assertEquals(register.expectedAfter(clusterId), register.read());
    assertEquals(1, register.extensions());
    assertEquals(
        new NodeStateFile.NodeState(role, salt),
        new NodeStateFile(paths.nodeState()).read().orElseThrow());
    assertEquals(
        new Progress(Progress.Phase.COMPLETE, clusterId, role),
        new ProgressFile(paths.bootstrapProgress()).read().orElseThrow());
    assertTrue(Files.exists(paths.standaloneKubelet()));
    assertEquals(BootstrapStatus.State.JOINED, status().state());
    assertEquals(clusterId, status().clusterId());
    assertEquals(role, status().role());
    assertEquals("rw-------", mode(paths.sshHostKey()));
    assertTrue(Files.readString(paths.sshCaPublicKey()).startsWith("ssh-ed25519 "));
    assertTrue(
        Files.readString(paths.sshHostCertificate())
            .startsWith("ssh-ed25519-cert-v01@openssh.com "));
  }

  static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Asks it to stop, as SIGTERM does. */
  void close() throws InterruptedException {
    if (running != null) {
      running.interrupt();
      running.join(Duration.ofSeconds(SECONDS));
    }
  }

  static final class Killed extends Error {}
}
