package dev.asterism.mini;

import dev.asterism.crypto.Bcrypt;
import dev.asterism.crypto.Secret;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Ports;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the machines and what their admin knows of them: devices with a measured boot, reference
 * values, metadata and the init secret.
 */
final class Provisioning {
  private static final int BCRYPT_COST = 10;
  private static final int MAX_METADATA = 1024 * 1024;

  private final MiniDir dir;
  private final SecureRandom random;
  private final Machines machines;

  Provisioning(MiniDir dir, SecureRandom random, Machines machines) {
    this.dir = dir;
    this.random = random;
    this.machines = machines;
  }

  /** The admin's side: attestation config, init secret, what he has of those who vouch. */
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
    return node.with(machines.build(node, place));
  }

  /** Switches a machine on that is off: registers and log begin anew, keys stay. */
  void boot(NodePlan node) throws IOException {
    machines.boot(node, dir.node(node.name()));
  }

  /**
   * @throws IOException where a machine that was switched off is another one after
   */
  void refuseReboot() throws IOException {
    machines.refuseReboot();
  }

  /** The machine in words. */
  String describe(NodePlan node) {
    return machines.describe(node);
  }

  /**
   * Makes what the maker of the machines says of them bad news.
   *
   * @throws IOException also where they have no maker who could say so
   */
  void outdate() throws IOException {
    machines.outdate();
  }

  /**
   * What the machine's host tells it about itself and the cluster.
   *
   * @param name what it calls the machine
   */
  void metadata(NodePlan node, String name, String apiServer, List<String> joinEndpoints)
      throws IOException {
    ObjectNode json = Json.newObject();
    json.put("name", name);
    json.put("providerId", "mini:///" + node.name());
    json.put("role", node.role().id());
    json.put("ip", "127.0.0.1");
    json.put("apiServerEndpoint", apiServer);
    if (node.role() == dev.asterism.node.Role.CONTROL_PLANE) {
      json.put("initSecretHash", initSecretHash());
    }
    write(node, json, joinEndpoints);
  }

  /** The host tells where join-services are now. */
  void joinEndpoints(NodePlan node, List<String> joinEndpoints) throws IOException {
    try {
      Bytes content = AtomicFile.read(dir.node(node.name()).metadata(), MAX_METADATA);
      write(node, Json.object("metadata", content), joinEndpoints);
    } catch (MalformedException e) {
      throw new IOException(dir.node(node.name()).metadata() + ": " + e.getMessage(), e);
    }
  }

  private void write(NodePlan node, ObjectNode metadata, List<String> joinEndpoints)
      throws IOException {
    var endpoints = metadata.putArray("joinEndpoints");
    joinEndpoints.forEach(endpoints::add);
    AtomicFile.write(dir.node(node.name()).metadata(), Json.pretty(metadata), AtomicFile.PUBLIC);
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
