package dev.asterism.mini;

import dev.asterism.crypto.Bcrypt;
import dev.asterism.crypto.Secret;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Ports;
import dev.asterism.mini.MiniPlan.TpmKind;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the machines and what their admin knows of them: devices with a measured boot, reference
 * values, metadata and the init secret.
 */
final class Provisioning {
  private static final int BCRYPT_COST = 10;

  private final MiniDir dir;
  private final SecureRandom random;
  private final Machines machines;

  Provisioning(
      MiniDir dir, MiniPlan plan, Processes processes, SecureRandom random, InstantSource clock) {
    this.dir = dir;
    this.random = random;
    this.machines =
        switch (plan.platform()) {
          case QEMU_VTPM -> new TpmMachines(dir, plan.tpm(), processes, random, clock.instant());
          case TDX -> new TdxMachines(dir, random, clock.instant());
        };
  }

  /** The admin's side: attestation config, init secret, the root of the attestation keys. */
  void admin() throws IOException {
    machines.admin();
    byte[] secret = new byte[16];
    random.nextBytes(secret);
    AtomicFile.write(dir.initSecret(), HexFormat.of().formatHex(secret), AtomicFile.PRIVATE);
    AtomicFile.write(
        dir.attestationConfig(), Json.pretty(machines.attestationConfig()), AtomicFile.PUBLIC);
  }

  /** Builds one machine and switches it on; returns its plan with what its evidence calls it. */
  NodePlan machine(NodePlan node) throws IOException {
    NodeDir place = dir.node(node.name());
    Files.createDirectories(place.root());
    AtomicFile.write(
        place.joinServices(), Json.pretty(machines.attestationConfig()), AtomicFile.PUBLIC);
    String identity = machines.build(node, place);
    return new NodePlan(node.name(), node.role(), node.tampered(), node.firstPort(), identity);
  }

  /** The machine in words. */
  String describe(NodePlan node) {
    return machines.describe(node);
  }

  /**
   * Makes what the maker of the machines says of them bad news.
   *
   * @throws IOException also where such machines have no maker who could say so
   */
  void outdate() throws IOException {
    machines.outdate();
  }

  /** What the machine's host tells it about itself and the cluster. */
  void metadata(NodePlan node, String apiServer, List<String> joinEndpoints) throws IOException {
    ObjectNode json = Json.newObject();
    json.put("name", node.name());
    json.put("providerId", "mini:///" + node.name());
    json.put("role", node.role().id());
    json.put("ip", "127.0.0.1");
    json.put("apiServerEndpoint", apiServer);
    var endpoints = json.putArray("joinEndpoints");
    joinEndpoints.forEach(endpoints::add);
    if (node.role() == dev.asterism.node.Role.CONTROL_PLANE) {
      json.put("initSecretHash", initSecretHash());
    }
    AtomicFile.write(dir.node(node.name()).metadata(), Json.pretty(json), AtomicFile.PUBLIC);
  }

  static String tpmUri(MiniDir dir, NodePlan node, TpmKind kind) {
    return switch (kind) {
      case SOFTWARE -> "software:" + dir.node(node.name()).softwareTpm();
      case SWTPM -> Swtpm.uri(node);
    };
  }

  private String initSecretHash() throws IOException {
    Bytes text = AtomicFile.read(dir.initSecret(), 1024);
    try (Secret secret = Secret.copyOf(text)) {
      return Bcrypt.hash(secret, BCRYPT_COST, random);
    }
  }

  static void writeSecret(java.nio.file.Path file, Secret secret) throws IOException {
    byte[] content = secret.expose();
    try {
      AtomicFile.write(file, content, AtomicFile.PRIVATE);
    } finally {
      java.util.Arrays.fill(content, (byte) 0);
    }
  }

  static String apiServer(MiniPlan plan) {
    return plan.first().address(Ports.API_SERVER);
  }
}
