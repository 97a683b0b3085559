package dev.asterism.mini;

import dev.asterism.attestation.Variant;
import dev.asterism.node.Role;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a mini cluster consists of, as its directory records it. */
public record MiniPlan(TpmKind tpm, List<NodePlan> nodes) {

  /** What the machines are. */
  public Variant variant() {
    return tpm == TpmKind.SEV_SNP ? Variant.SEV_SNP : Variant.QEMU_VTPM;
  }

  /** What vouches for every node. */
  public enum TpmKind {
    /** The one inside the JVM; state in a file. */
    SOFTWARE,
    /** One swtpm process for each node. */
    SWTPM,
    /** No vTPM: SEV-SNP guests in software, on processors of several product lines. */
    SEV_SNP
  }

  /**
   * @param tampered its boot chain differs from the reference
   * @param firstPort of {@link Ports#COUNT} ports on the loopback interface
   * @param akName the name of its attestation key or its REPORT_ID, hex; how audit records know it
   */
  public record NodePlan(String name, Role role, boolean tampered, int firstPort, String akName) {
    int port(Ports port) {
      return firstPort + port.offset;
    }

    String address(Ports port) {
      return "127.0.0.1:" + port(port);
    }
  }

  /** The ports of one node. */
  enum Ports {
    BOOTSTRAP(0),
    BOOTSTRAP_MONITORING(1),
    JOIN(2),
    JOIN_MONITORING(3),
    KEY(4),
    KEY_MONITORING(5),
    VERIFY(6),
    VERIFY_HTTP(7),
    VERIFY_MONITORING(8),
    API_SERVER(9),
    TPM(10),
    TPM_CONTROL(11);

    static final int COUNT = 12;

    private final int offset;

    Ports(int offset) {
      this.offset = offset;
    }
  }

  public MiniPlan {
    nodes = List.copyOf(nodes);
  }

  /** The control plane that is initialized. */
  NodePlan first() {
    return nodes.getFirst();
  }

  /** Whether it has the same machines, whatever their ports and keys. */
  boolean isLike(List<NodePlan> wanted, TpmKind kind) {
    if (tpm != kind || nodes.size() != wanted.size()) {
      return false;
    }
    for (int i = 0; i < nodes.size(); i++) {
      NodePlan here = nodes.get(i);
      NodePlan there = wanted.get(i);
      if (!here.name().equals(there.name()) || here.tampered() != there.tampered()) {
        return false;
      }
    }
    return true;
  }

  NodePlan node(String name) {
    return nodes.stream().filter(n -> n.name().equals(name)).findAny().orElseThrow();
  }

  /** The plan of the cluster in {@code dir}; empty where there is none. */
  static Optional<MiniPlan> read(MiniDir dir) throws IOException {
    if (!Files.exists(dir.plan())) {
      return Optional.empty();
    }
    try {
      ObjectNode json = Json.object("mini.json", Bytes.of(Files.readAllBytes(dir.plan())));
      if (!(json.get("nodes") instanceof ArrayNode list)) {
        throw new MalformedException("nodes", "is not a list");
      }
      var nodes = new ArrayList<NodePlan>();
      for (var item : list) {
        nodes.add(node(item));
      }
      return Optional.of(new MiniPlan(TpmKind.valueOf(Json.string(json, "tpm")), nodes));
    } catch (MalformedException | IllegalArgumentException e) {
      throw new IOException(dir.plan() + " cannot be read: " + e.getMessage(), e);
    }
  }

  void write(MiniDir dir) throws IOException {
    ObjectNode json = Json.newObject().put("format", 1).put("tpm", tpm.name());
    var list = json.putArray("nodes");
    for (NodePlan node : nodes) {
      list.addObject()
          .put("name", node.name())
          .put("role", node.role().id())
          .put("tampered", node.tampered())
          .put("firstPort", node.firstPort())
          .put("akName", node.akName());
    }
    AtomicFile.write(dir.plan(), Json.pretty(json), AtomicFile.PRIVATE);
  }

  private static NodePlan node(JsonNode item) throws MalformedException {
    if (!(item instanceof ObjectNode json)) {
      throw new MalformedException("nodes", "holds something else than objects");
    }
    if (!json.path("tampered").isBoolean() || !json.path("firstPort").isInt()) {
      throw new MalformedException("nodes", "lacks a node's tampered or firstPort");
    }
    return new NodePlan(
        Json.string(json, "name"),
        Role.parse(Json.string(json, "role"))
            .orElseThrow(() -> new MalformedException("role", "is no role")),
        json.path("tampered").booleanValue(),
        json.path("firstPort").intValue(),
        Json.string(json, "akName"));
  }
}
